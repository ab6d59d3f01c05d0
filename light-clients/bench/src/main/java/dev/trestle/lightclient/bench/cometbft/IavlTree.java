package dev.trestle.lightclient.bench.cometbft;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.Digests;
import dev.trestle.proofs.ics23.ExistenceProof;
import dev.trestle.proofs.ics23.HashOp;
import dev.trestle.proofs.ics23.InnerOp;
import dev.trestle.proofs.ics23.LeafOp;
import dev.trestle.proofs.ics23.LengthOp;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A full IAVL tree of 2<sup>{@code levels}</sup> packet commitments, hashed once for the proof of
 * one of them and not kept.
 */
final class IavlTree {
  private static final int VERSION = 23_456_788;
  private static final Bytes LENGTH = Bytes.fromHex("20");

  private final int proved;
  private final List<InnerOp> path = new ArrayList<>();
  private final Bytes root;

  /**
   * @param proved the leaf that {@link #proof} is of, counted from the left
   */
  IavlTree(int levels, int proved) {
    this.proved = proved;
    this.root = hash(levels, 0);
  }

  Bytes root() {
    return root;
  }

  Bytes key() {
    return key(proved);
  }

  Bytes value() {
    return value(proved);
  }

  ExistenceProof proof() {
    LeafOp leaf =
        new LeafOp(HashOp.SHA256, HashOp.NO_HASH, HashOp.SHA256, LengthOp.VAR_PROTO, numbers(0, 1));
    return new ExistenceProof(key(), value(), Optional.of(leaf), path);
  }

  /** What is hashed on the way from the leaf to the root: the value, the leaf, the inner nodes. */
  List<Bytes> preimages() {
    List<Bytes> all = new ArrayList<>();
    all.add(value());
    all.add(leaf(proved));
    for (InnerOp op : path) {
      all.add(Bytes.concat(op.prefix(), Digests.sha256(all.getLast()).bytes(), op.suffix()));
    }
    return all;
  }

  private static Bytes key(int index) {
    return Bytes.utf8(
        String.format(
            Locale.ROOT,
            "commitments/ports/transfer/channels/channel-141/sequences/%07d",
            index + 1_000_000));
  }

  private static Bytes value(int index) {
    return Digests.sha256(Bytes.utf8("packet " + index)).bytes();
  }

  private static Bytes leaf(int index) {
    Bytes key = key(index);
    return Bytes.concat(
        numbers(0, 1),
        Bytes.wrap(new byte[] {(byte) key.size()}),
        key,
        LENGTH,
        Digests.sha256(value(index)).bytes());
  }

  /**
   * The hash of the node that is the {@code index}-th of its height.
   *
   * @param height 0 for leaves
   */
  private Bytes hash(int height, int index) {
    if (height == 0) {
      return Digests.sha256(leaf(index)).bytes();
    }
    Bytes left = hash(height - 1, 2 * index);
    Bytes right = hash(height - 1, 2 * index + 1);
    Bytes prefix = numbers(height, 1 << height);
    if (proved >> height == index) {
      boolean isLeft = (proved >> (height - 1)) % 2 == 0;
      path.add(
          isLeft
              ? new InnerOp(
                  HashOp.SHA256, Bytes.concat(prefix, LENGTH), Bytes.concat(LENGTH, right))
              : new InnerOp(
                  HashOp.SHA256, Bytes.concat(prefix, LENGTH, left, LENGTH), Bytes.EMPTY));
    }
    return Digests.sha256(prefix, LENGTH, left, LENGTH, right).bytes();
  }

  /** Height, size and version as zigzag varints. */
  private static Bytes numbers(int height, int size) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(12);
    for (int number : new int[] {height, size, VERSION}) {
      int left = number << 1;
      while (left >= 0x80) {
        out.write((left & 0x7f) | 0x80);
        left >>>= 7;
      }
      out.write(left);
    }
    return Bytes.wrap(out.toByteArray());
  }
}
