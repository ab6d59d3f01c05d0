package dev.trestle.lightclient.polkadot;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;

/**
 * Names a fact: {@code u8 version = 1 | u8 kind | u64 number | bytes key}.
 *
 * @param number of the block in whose state the key stands; for heads, of the block before the leaf
 * @param key the whole storage key; for heads the parachain's id in four bytes
 */
public record StatePath(Kind kind, long number, Bytes key) {
  /** Longest key in bytes. */
  public static final int MAX_KEY = 512;

  private static final int PARA_ID_SIZE = 4;

  /** Which root the fact stands under. */
  public enum Kind {
    /** A key of the chain's own state. */
    STORAGE(1),
    /** The head of a parachain (BEEFY only). */
    PARACHAIN_HEAD(2);

    private final int tag;

    Kind(int tag) {
      this.tag = tag;
    }
  }

  public StatePath {
    if (number < 0 || key.size() > MAX_KEY) {
      throw new IllegalArgumentException("a path of block " + number);
    }
    if (kind == Kind.PARACHAIN_HEAD && key.size() != PARA_ID_SIZE) {
      throw new IllegalArgumentException("the id of a parachain has four bytes");
    }
  }

  /**
   * @throws DecodeException if it is no path
   */
  public static StatePath decode(Bytes encoded) {
    return Messages.decode(
        encoded,
        in -> {
          int tag = in.u8();
          for (Kind kind : Kind.values()) {
            if (kind.tag == tag) {
              return new StatePath(kind, in.u64(), in.bytes(MAX_KEY));
            }
          }
          throw new DecodeException("a path of kind " + tag);
        });
  }

  public Bytes encode() {
    return Messages.begin().u8(kind.tag).u64(number).bytes(key).toBytes();
  }

  /** Of a path to a head. */
  public long paraId() {
    long id = 0;
    for (int i = 0; i < PARA_ID_SIZE; i++) {
      id = (id << 8) | key.at(i);
    }
    return id;
  }
}
