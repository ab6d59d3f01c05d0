package dev.trestle.lightclient.contract;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientView;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** One client's state as the ledger holds it. Immutable. */
public final class ClientState implements ClientView {
  /** No key at all. */
  public static final ClientState EMPTY = new ClientState(new TreeMap<>());

  private final SortedMap<Bytes, Bytes> entries;

  private ClientState(SortedMap<Bytes, Bytes> entries) {
    this.entries = entries;
  }

  @Override
  public Optional<Bytes> get(Bytes key) {
    return Optional.ofNullable(entries.get(key));
  }

  /** The state after {@code delta}. */
  public ClientState with(ClientDelta delta) {
    SortedMap<Bytes, Bytes> next = new TreeMap<>(entries);
    delta
        .writes()
        .forEach(
            (key, value) ->
                value.ifPresentOrElse(set -> next.put(key, set), () -> next.remove(key)));
    return new ClientState(next);
  }

  /** SHA-256 over all keys and values in key order, lower-case hex. */
  public String hash() {
    CanonicalWriter out = new CanonicalWriter();
    entries.forEach((key, value) -> out.bytes(key).bytes(value));
    return Digests.sha256(out.toBytes()).toHex();
  }

  public int size() {
    return entries.size();
  }

  @Override
  public String toString() {
    return entries.size() + " entries, " + hash();
  }
}
