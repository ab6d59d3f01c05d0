package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.RejectionCode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One client's state with the writes of one update on top. Keys, all with a one-letter prefix:
 *
 * <ul>
 *   <li>{@code c}: {@link ClientSettings}; {@code t}: {@link ChainTip}; {@code f}: present when
 *       frozen
 *   <li>{@code h} and the block hash: {@link StoredHeader}, of best and side branches
 *   <li>{@code b} and the height: hash of the best chain's block
 *   <li>{@code s} and the height: hashes of the side branches' blocks, in order of arrival
 * </ul>
 *
 * <p>A state that no client wrote is a {@code TrestleException} of {@code malformed}.
 *
 * <p>Fork choice: Bitcoin Core {@code src/chain.h}, {@code nChainWork}.
 */
final class HeaderStore {
  /** Side-branch headers that are kept at one height. */
  static final int MAX_SIDE_HEADERS = 64;

  private static final Bytes SETTINGS = Bytes.utf8("c");
  private static final Bytes TIP = Bytes.utf8("t");
  private static final Bytes FROZEN = Bytes.utf8("f");
  private static final Bytes HEADER = Bytes.utf8("h");
  private static final Bytes BEST = Bytes.utf8("b");
  private static final Bytes SIDE = Bytes.utf8("s");
  private static final int LIST_VERSION = 1;

  /** Disconnected blocks join the list without regard to {@link #MAX_SIDE_HEADERS}. */
  private static final int MAX_SIDE_LIST = 4_096;

  private final ClientView base;
  private final TreeMap<Bytes, Optional<Bytes>> writes = new TreeMap<>();
  // Lookups only; never iterated, so its order does not matter.
  private final Map<Hash32, StoredHeader> fresh = new HashMap<>();

  HeaderStore(ClientView base) {
    this.base = base;
  }

  /** For a state that is about to be made. */
  static HeaderStore empty() {
    return new HeaderStore(key -> Optional.empty());
  }

  ClientSettings settings() {
    return ClientSettings.decode(required(SETTINGS));
  }

  void putSettings(ClientSettings settings) {
    put(SETTINGS, settings.encode());
  }

  ChainTip tip() {
    return ChainTip.decode(required(TIP));
  }

  void putTip(ChainTip tip) {
    put(TIP, tip.encode());
  }

  boolean frozen() {
    return get(FROZEN).isPresent();
  }

  void freeze(Bytes reason) {
    put(FROZEN, reason);
  }

  void unfreeze() {
    delete(FROZEN);
  }

  Optional<StoredHeader> header(Hash32 id) {
    StoredHeader known = fresh.get(id);
    return known != null ? Optional.of(known) : get(headerKey(id)).map(StoredHeader::decode);
  }

  void putHeader(StoredHeader header) {
    Hash32 id = header.header().id();
    fresh.put(id, header);
    put(headerKey(id), header.encode());
  }

  void deleteHeader(Hash32 id) {
    fresh.remove(id);
    delete(headerKey(id));
  }

  Optional<Hash32> best(long height) {
    return height < 0 ? Optional.empty() : get(heightKey(BEST, height)).map(Hash32::new);
  }

  /** The best chain's header at {@code height}, if it is kept. */
  Optional<StoredHeader> bestHeader(long height) {
    return best(height).flatMap(this::header);
  }

  void putBest(long height, Hash32 id) {
    put(heightKey(BEST, height), id.bytes());
  }

  void deleteBest(long height) {
    delete(heightKey(BEST, height));
  }

  List<Hash32> side(long height) {
    return get(heightKey(SIDE, height))
        .map(
            record ->
                CanonicalReader.decode(
                    record,
                    in -> {
                      if (in.u8() != LIST_VERSION) {
                        throw new TrestleException(RejectionCode.MALFORMED, "side list version");
                      }
                      return in.list(MAX_SIDE_LIST, CanonicalReader::hash);
                    }))
        .orElse(List.of());
  }

  void putSide(long height, List<Hash32> ids) {
    if (ids.isEmpty()) {
      delete(heightKey(SIDE, height));
    } else {
      put(
          heightKey(SIDE, height),
          new CanonicalWriter().u8(LIST_VERSION).list(ids, CanonicalWriter::hash).toBytes());
    }
  }

  ClientDelta delta() {
    return new ClientDelta(writes);
  }

  private Optional<Bytes> get(Bytes key) {
    Optional<Bytes> written = writes.get(key);
    return written != null ? written : base.get(key);
  }

  private void put(Bytes key, Bytes value) {
    writes.put(key, Optional.of(value));
  }

  /** A key that the base state does not have leaves no trace in the delta. */
  private void delete(Bytes key) {
    if (base.get(key).isPresent()) {
      writes.put(key, Optional.empty());
    } else {
      writes.remove(key);
    }
  }

  private Bytes required(Bytes key) {
    return get(key)
        .orElseThrow(
            () -> new TrestleException(RejectionCode.MALFORMED, "the client has no state"));
  }

  private static Bytes headerKey(Hash32 id) {
    return Bytes.concat(HEADER, id.bytes());
  }

  private static Bytes heightKey(Bytes prefix, long height) {
    return Bytes.concat(prefix, new CanonicalWriter().u64(height).toBytes());
  }
}
