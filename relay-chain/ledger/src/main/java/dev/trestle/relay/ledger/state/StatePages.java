package dev.trestle.relay.ledger.state;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.relay.ledger.LedgerCode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The pages of all kept versions of the tree. A page is never changed: a block that changes
 * something below it writes a new version, so what is read here is right whatever is committed
 * meanwhile. Safe for any thread.
 */
public final class StatePages {
  private final StateReader store;
  private final int capacity;
  private final LinkedHashMap<Id, StateNode> cache = new LinkedHashMap<>(256, 0.75f, true);

  /** The hash belongs to it: of two blocks for one height, both write pages of that version. */
  private record Id(Bytes key, Hash32 hash) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Id(Bytes thatKey, Hash32 thatHash)
          && hash.equals(thatHash)
          && key.equals(thatKey);
    }

    @Override
    public int hashCode() {
      return hash.hashCode(); // few pages have one content
    }
  }

  /**
   * @param store where committed pages are read
   * @param capacity pages that are kept in memory, about 4 KiB each
   */
  public StatePages(StateReader store, int capacity) {
    this.store = store;
    this.capacity = capacity;
  }

  /**
   * The top node of a page.
   *
   * @throws TrestleException {@link LedgerCode#CORRUPT_STATE} if the page is not there or is not
   *     the one with this hash
   */
  StateNode load(Bytes key, Hash32 hash) {
    Id id = new Id(key, hash);
    synchronized (cache) {
      StateNode known = cache.get(id);
      if (known != null) {
        return known;
      }
    }
    Optional<Bytes> stored = store.get(key);
    if (stored.isEmpty()) {
      throw new TrestleException(LedgerCode.CORRUPT_STATE, "page " + key + " is missing");
    }
    StateNode top = decode(key, stored.get());
    if (!top.hash().equals(hash)) {
      throw new TrestleException(LedgerCode.CORRUPT_STATE, "page " + key + " has another hash");
    }
    remember(id, top);
    return top;
  }

  /** Keeps a page that was just made; whether it will be committed does not matter. */
  void remember(Bytes key, StateNode top) {
    remember(new Id(key, top.hash()), top);
  }

  private void remember(Id id, StateNode top) {
    synchronized (cache) {
      cache.put(id, top);
      if (cache.size() > capacity) {
        Map.Entry<Id, StateNode> eldest = cache.firstEntry();
        cache.remove(eldest.getKey());
      }
    }
  }

  private static StateNode decode(Bytes key, Bytes stored) {
    try {
      return StateNode.decodePage(stored);
    } catch (DecodeException malformed) {
      throw new TrestleException(
          LedgerCode.CORRUPT_STATE, "page " + key + " does not decode", malformed);
    }
  }

  /**
   * {@code u8 n | the first n nibbles of the path, padded with zero to whole bytes | u64 version};
   * n is the depth of the page's top divided by {@link StateNode#PAGE_LEVELS}.
   */
  static Bytes key(int depth, Hash32 path, long version) {
    int nibbles = depth / StateNode.PAGE_LEVELS;
    byte[] prefix = path.bytes().slice(0, (nibbles + 1) / 2).toArray();
    if (nibbles % 2 == 1) {
      prefix[prefix.length - 1] &= (byte) 0xf0;
    }
    return new CanonicalWriter().u8(nibbles).fixed(Bytes.wrap(prefix)).u64(version).toBytes();
  }
}
