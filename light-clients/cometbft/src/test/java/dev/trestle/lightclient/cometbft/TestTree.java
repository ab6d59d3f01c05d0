package dev.trestle.lightclient.cometbft;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.Digests;
import dev.trestle.proofs.ics23.CommitmentProof;
import dev.trestle.proofs.ics23.ExistenceProof;
import dev.trestle.proofs.ics23.HashOp;
import dev.trestle.proofs.ics23.InnerOp;
import dev.trestle.proofs.ics23.LeafOp;
import dev.trestle.proofs.ics23.LengthOp;
import dev.trestle.proofs.ics23.NonExistenceProof;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** A Merkle tree with proofs: of the IAVL kind, or CometBFT's simple one. */
final class TestTree {
  private static final int VERSION = 7;

  private final boolean iavl;
  private final List<Bytes> keys;
  private final List<Bytes> values;

  private TestTree(boolean iavl, SortedMap<Bytes, Bytes> leaves) {
    this.iavl = iavl;
    this.keys = List.copyOf(leaves.keySet());
    this.values = List.copyOf(leaves.values());
  }

  static TestTree iavl(SortedMap<Bytes, Bytes> leaves) {
    return new TestTree(true, leaves);
  }

  static TestTree simple(SortedMap<Bytes, Bytes> leaves) {
    return new TestTree(false, leaves);
  }

  Bytes root() {
    return hash(0, keys.size());
  }

  ExistenceProof exist(Bytes key) {
    int index = keys.indexOf(key);
    List<InnerOp> path = new ArrayList<>();
    path(0, keys.size(), index, path);
    return new ExistenceProof(key, values.get(index), Optional.of(leafOp()), path.reversed());
  }

  CommitmentProof proof(Bytes key) {
    return new CommitmentProof.Exist(exist(key));
  }

  CommitmentProof absence(Bytes key) {
    List<Bytes> before = keys.stream().filter(each -> each.compareTo(key) < 0).toList();
    List<Bytes> after = keys.stream().filter(each -> each.compareTo(key) > 0).toList();
    return new CommitmentProof.Nonexist(
        new NonExistenceProof(
            key,
            before.isEmpty() ? Optional.empty() : Optional.of(exist(before.getLast())),
            after.isEmpty() ? Optional.empty() : Optional.of(exist(after.getFirst()))));
  }

  private LeafOp leafOp() {
    Bytes prefix = iavl ? numbers(0, 1, VERSION) : Bytes.fromHex("00");
    return new LeafOp(HashOp.SHA256, HashOp.NO_HASH, HashOp.SHA256, LengthOp.VAR_PROTO, prefix);
  }

  private void path(int from, int to, int index, List<InnerOp> out) {
    if (to - from == 1) {
      return;
    }
    int split = split(from, to);
    Bytes prefix = prefix(from, to);
    Bytes length = iavl ? Bytes.fromHex("20") : Bytes.EMPTY;
    if (index < split) {
      out.add(
          new InnerOp(
              HashOp.SHA256, Bytes.concat(prefix, length), Bytes.concat(length, hash(split, to))));
      path(from, split, index, out);
    } else {
      out.add(
          new InnerOp(
              HashOp.SHA256, Bytes.concat(prefix, length, hash(from, split), length), Bytes.EMPTY));
      path(split, to, index, out);
    }
  }

  private Bytes hash(int from, int to) {
    if (to - from == 1) {
      return leafOp().apply(keys.get(from), values.get(from)).orThrow();
    }
    Bytes left = hash(from, split(from, to));
    Bytes right = hash(split(from, to), to);
    Bytes length = iavl ? Bytes.fromHex("20") : Bytes.EMPTY;
    return Digests.sha256(prefix(from, to), length, left, length, right).bytes();
  }

  private Bytes prefix(int from, int to) {
    return iavl ? numbers(height(from, to), to - from, VERSION) : Bytes.fromHex("01");
  }

  private int height(int from, int to) {
    return to - from == 1
        ? 0
        : 1 + Math.max(height(from, split(from, to)), height(split(from, to), to));
  }

  private static int split(int from, int to) {
    return from + Integer.highestOneBit(to - from - 1);
  }

  /** Zigzag varints. */
  private static Bytes numbers(int... numbers) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int number : numbers) {
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
