package dev.trestle.relay.ledger.state;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import java.util.List;
import java.util.Optional;

/**
 * Proof that a key has a value, or that it has none, under a state root ({@code wire-format.md},
 * "State tree").
 *
 * @param siblings from the root down
 * @param other for absence: the leaf that stands where the key would be, if one does
 */
public record StateProof(List<Hash32> siblings, Optional<Leaf> other) {
  /** A path has as many steps as keccak256 has bits. */
  public static final int MAX_SIBLINGS = 256;

  private static final int VERSION = 1;
  private static final Bytes LEAF_PREFIX = Bytes.of(new byte[] {3});
  private static final Bytes BRANCH_PREFIX = Bytes.of(new byte[] {4});

  public StateProof {
    siblings = List.copyOf(siblings);
    if (siblings.size() > MAX_SIBLINGS) {
      throw new IllegalArgumentException("a state proof has at most 256 siblings");
    }
  }

  /** A leaf as the tree hashes it. */
  public record Leaf(Hash32 keyHash, Hash32 valueHash) {}

  /** True exactly when {@code value} stands under {@code key} in the state with this root. */
  public static boolean verifyPresence(Hash32 root, Bytes key, Bytes value, StateProof proof) {
    if (root.isZero() || proof.other.isPresent()) {
      return false;
    }
    Hash32 keyHash = Digests.keccak256(key);
    return fold(keyHash, leafHash(keyHash, Digests.keccak256(value)), proof).equals(root);
  }

  /**
   * True exactly when nothing stands under {@code key}. A leaf that is met instead must lie on the
   * path of the key: one that was moved to another slot is refused.
   */
  public static boolean verifyAbsence(Hash32 root, Bytes key, StateProof proof) {
    if (root.isZero()) {
      return false;
    }
    Hash32 keyHash = Digests.keccak256(key);
    if (proof.other.isEmpty()) {
      return fold(keyHash, Hash32.ZERO, proof).equals(root);
    }
    Leaf met = proof.other.get();
    if (met.keyHash.equals(keyHash)) {
      return false;
    }
    for (int depth = 0; depth < proof.siblings.size(); depth++) {
      if (bit(met.keyHash, depth) != bit(keyHash, depth)) {
        return false;
      }
    }
    return fold(keyHash, leafHash(met.keyHash, met.valueHash), proof).equals(root);
  }

  private static Hash32 fold(Hash32 keyHash, Hash32 bottom, StateProof proof) {
    Hash32 hash = bottom;
    for (int depth = proof.siblings.size() - 1; depth >= 0; depth--) {
      Hash32 sibling = proof.siblings.get(depth);
      hash = bit(keyHash, depth) ? branchHash(sibling, hash) : branchHash(hash, sibling);
    }
    return hash;
  }

  static Hash32 leafHash(Hash32 keyHash, Hash32 valueHash) {
    return Digests.keccak256(LEAF_PREFIX, keyHash.bytes(), valueHash.bytes());
  }

  static Hash32 branchHash(Hash32 left, Hash32 right) {
    return Digests.keccak256(BRANCH_PREFIX, left.bytes(), right.bytes());
  }

  /** Bit {@code depth} of the path, the most significant first; true is right. */
  static boolean bit(Hash32 keyHash, int depth) {
    return ((keyHash.bytes().at(depth >>> 3) >>> (7 - (depth & 7))) & 1) == 1;
  }

  /** {@code u8 version = 1 | u16 n | siblings | bool | keyHash | valueHash}. */
  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION).u16(siblings.size());
    siblings.forEach(out::hash);
    return out.optional(other, (w, leaf) -> w.hash(leaf.keyHash).hash(leaf.valueHash)).toBytes();
  }

  /**
   * @throws DecodeException unless {@code encoded} is exactly what {@link #encode} gives
   */
  public static StateProof decode(Bytes encoded) {
    return CanonicalReader.decode(
        encoded,
        in -> {
          if (in.u8() != VERSION) {
            throw new DecodeException("not a state proof of version " + VERSION);
          }
          int count = in.u16();
          if (count > MAX_SIBLINGS) {
            throw new DecodeException(count + " siblings");
          }
          List<Hash32> siblings = new java.util.ArrayList<>(count);
          for (int i = 0; i < count; i++) {
            siblings.add(in.hash());
          }
          return new StateProof(siblings, in.optional(r -> new Leaf(r.hash(), r.hash())));
        });
  }
}
