package dev.trestle.lightclient;

import dev.trestle.base.Bytes;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Writes to one client's state, in key order. An empty value deletes the key. */
public record ClientDelta(SortedMap<Bytes, Optional<Bytes>> writes) {
  public ClientDelta {
    writes = Collections.unmodifiableSortedMap(new TreeMap<>(writes));
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A view of {@code base} with these writes on top. */
  public ClientView over(ClientView base) {
    return key -> writes.containsKey(key) ? writes.get(key) : base.get(key);
  }

  /** Collects writes; the last one to a key wins. */
  public static final class Builder {
    private final TreeMap<Bytes, Optional<Bytes>> writes = new TreeMap<>();

    public Builder put(Bytes key, Bytes value) {
      writes.put(key, Optional.of(value));
      return this;
    }

    public Builder delete(Bytes key) {
      writes.put(key, Optional.empty());
      return this;
    }

    public ClientDelta build() {
      return new ClientDelta(writes);
    }
  }
}
