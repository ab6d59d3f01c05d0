package dev.trestle.relay.ledger.fake;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.TimeoutRules;
import dev.trestle.lightclient.packet.Packet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What contracts of a fake chain have stored: one fact of each block lists all of it, so that the
 * facts of one block prove presence and absence. A path is {@code "state" | u64 height | key}.
 *
 * @param clocks that the chain's headers tell
 */
public record FakeState(Set<Packet.Timeout.Clock> clocks) implements TimeoutRules {
  private static final Bytes PREFIX = Bytes.utf8("state");
  private static final int HEIGHT_END = PREFIX.size() + 8;

  @Override
  public Bytes receipt(Bytes contract, Hash32 packetId, long height) {
    return path(receiptKey(contract, packetId), height);
  }

  @Override
  public Optional<Bytes> lastReceived(Bytes contract, Hash32 lane, long height) {
    return Optional.of(path(laneKey(contract, lane), height));
  }

  @Override
  public Verdict<Long> sequence(Bytes value) {
    try {
      return Verdict.accept(
          value.isEmpty() ? 0L : CanonicalReader.decode(value, CanonicalReader::u64));
    } catch (DecodeException malformed) {
      return Verdict.reject(RejectionCode.MALFORMED, "sequence");
    }
  }

  public static Bytes receiptKey(Bytes contract, Hash32 packetId) {
    return new CanonicalWriter().u8('r').bytes(contract).hash(packetId).toBytes();
  }

  public static Bytes laneKey(Bytes contract, Hash32 lane) {
    return new CanonicalWriter().u8('l').bytes(contract).hash(lane).toBytes();
  }

  public static Bytes number(long value) {
    return new CanonicalWriter().u64(value).toBytes();
  }

  private static Bytes path(Bytes key, long height) {
    return Bytes.concat(PREFIX, number(height), key);
  }

  static boolean isPath(Bytes path) {
    return path.size() > HEIGHT_END && path.slice(0, PREFIX.size()).equals(PREFIX);
  }

  static long height(Bytes path) {
    return CanonicalReader.decode(path.slice(PREFIX.size(), HEIGHT_END), CanonicalReader::u64);
  }

  /** The fact that lists {@code state}. */
  static Bytes fact(SortedMap<Bytes, Bytes> state) {
    return new CanonicalWriter()
        .fixed(PREFIX)
        .list(
            List.copyOf(state.entrySet()),
            (w, each) -> w.bytes(each.getKey()).bytes(each.getValue()))
        .toBytes();
  }

  /** What stands under a path, by the facts of its block; empty for nothing. */
  static Bytes lookup(List<Bytes> facts, Bytes path) {
    return value(facts, path.slice(HEIGHT_END, path.size()));
  }

  /** As {@link #lookup}, by key. */
  static Bytes value(List<Bytes> facts, Bytes key) {
    Map<Bytes, Bytes> state = new TreeMap<>();
    for (Bytes fact : facts) {
      if (fact.size() > PREFIX.size() && fact.slice(0, PREFIX.size()).equals(PREFIX)) {
        CanonicalReader in = new CanonicalReader(fact.slice(PREFIX.size(), fact.size()));
        in.list(10_000, r -> state.put(r.bytes(1_000), r.bytes(1_000)) == null);
      }
    }
    return state.getOrDefault(key, Bytes.EMPTY);
  }
}
