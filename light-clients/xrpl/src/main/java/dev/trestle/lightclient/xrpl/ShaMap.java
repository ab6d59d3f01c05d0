package dev.trestle.lightclient.xrpl;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * The hash tree of a ledger ({@code SHAMap}): sixteen branches a node, a leaf at the first node
 * that no other key shares. The hash of an inner node covers all sixteen branches in their places.
 */
public final class ShaMap {
  /** Branches of an inner node. */
  public static final int BRANCHES = 16;

  /** Half bytes of a key: no leaf is deeper. */
  public static final int MAX_DEPTH = 64;

  private static final Bytes INNER = Bytes.fromHex("4d494e00");
  private static final Bytes STATE_LEAF = Bytes.fromHex("4d4c4e00");
  private static final Bytes TRANSACTION_LEAF = Bytes.fromHex("534e4400");
  private static final Bytes TRANSACTION_ID = Bytes.fromHex("54584e00");

  private ShaMap() {}

  /** Hash of an inner node; zero for no branch. */
  public static Hash32 inner(List<Hash32> branches) {
    if (branches.size() != BRANCHES) {
      throw new IllegalArgumentException(branches.size() + " branches");
    }
    Bytes[] parts = new Bytes[BRANCHES + 1];
    parts[0] = INNER;
    for (int i = 0; i < BRANCHES; i++) {
      parts[i + 1] = branches.get(i).bytes();
    }
    return Digests.sha512Half(parts);
  }

  /** Hash of the leaf of a ledger entry. */
  public static Hash32 stateLeaf(Hash32 key, Bytes entry) {
    return Digests.sha512Half(STATE_LEAF, entry, key.bytes());
  }

  /** Hash of the leaf of a transaction with its metadata, both with their lengths before them. */
  public static Hash32 transactionLeaf(Hash32 id, Bytes item) {
    return Digests.sha512Half(TRANSACTION_LEAF, item, id.bytes());
  }

  /** What a transaction's leaf holds: {@code VL(transaction) | VL(metadata)}. */
  public static Bytes transactionItem(Bytes transaction, Bytes metadata) {
    return Bytes.concat(length(transaction.size()), transaction, length(metadata.size()), metadata);
  }

  public static Hash32 transactionId(Bytes transaction) {
    return Digests.sha512Half(TRANSACTION_ID, transaction);
  }

  /** Half byte {@code depth} of a key. */
  public static int branch(Hash32 key, int depth) {
    int both = key.bytes().at(depth / 2);
    return (depth & 1) == 0 ? both >>> 4 : both & 15;
  }

  /** The length of a field in one to three bytes. */
  private static Bytes length(int size) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(3);
    if (size <= 192) {
      out.write(size);
    } else if (size <= 12_480) {
      int rest = size - 193;
      out.write(193 + (rest >>> 8));
      out.write(rest);
    } else if (size <= 918_744) {
      int rest = size - 12_481;
      out.write(241 + (rest >>> 16));
      out.write(rest >>> 8);
      out.write(rest);
    } else {
      throw new DecodeException("a field of " + size + " bytes");
    }
    return Bytes.wrap(out.toByteArray());
  }
}
