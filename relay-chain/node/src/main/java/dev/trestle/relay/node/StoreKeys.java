package dev.trestle.relay.node;

import dev.trestle.base.Bytes;

/** Keys of the store's first table that are written besides {@link RocksStore}. */
final class StoreKeys {
  /** Height of the newest block. */
  static final Bytes HEAD = Bytes.utf8("head");

  /** Tree over the ids of all blocks. */
  static final Bytes HISTORY = Bytes.utf8("history");

  /** Who proposes the next block. */
  static final Bytes ROTATION = Bytes.utf8("rotation");

  /** How far the sign guard had come. */
  static final Bytes GUARD = Bytes.utf8("guard");

  /** Height of the lowest block that is kept; none of an archive. */
  static final Bytes LOWEST = Bytes.utf8("lowest");

  private StoreKeys() {}
}
