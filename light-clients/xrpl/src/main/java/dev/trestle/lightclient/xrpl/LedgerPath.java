package dev.trestle.lightclient.xrpl;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;

/**
 * Names a fact: {@code u8 version = 1 | u8 kind | u64 ledger | key 32}.
 *
 * @param ledger index of a ledger that the client knows
 * @param key id of the transaction, or key of the ledger entry
 */
public record LedgerPath(Kind kind, long ledger, Hash32 key) {
  /** Which tree the fact stands in. */
  public enum Kind {
    /** A transaction; the value is {@code VL(transaction) | VL(metadata)}. */
    TRANSACTION(1),
    /** A ledger entry; the value is the entry. */
    STATE(2);

    private final int tag;

    Kind(int tag) {
      this.tag = tag;
    }
  }

  /**
   * @throws DecodeException if it is no path
   */
  public static LedgerPath decode(Bytes encoded) {
    return Messages.decode(
        encoded,
        in -> {
          int tag = in.u8();
          for (Kind kind : Kind.values()) {
            if (kind.tag == tag) {
              return new LedgerPath(kind, in.u64(), in.hash());
            }
          }
          throw new DecodeException("a path of kind " + tag);
        });
  }

  public Bytes encode() {
    return Messages.begin().u8(kind.tag).u64(ledger).hash(key).toBytes();
  }

  /** The root of the tree in a ledger. */
  Hash32 root(KnownLedger known) {
    return switch (kind) {
      case TRANSACTION -> known.transactions();
      case STATE -> known.state();
    };
  }

  /** Hash of a leaf of the tree. */
  Hash32 leaf(Hash32 of, Bytes item) {
    return switch (kind) {
      case TRANSACTION -> ShaMap.transactionLeaf(of, item);
      case STATE -> ShaMap.stateLeaf(of, item);
    };
  }
}
