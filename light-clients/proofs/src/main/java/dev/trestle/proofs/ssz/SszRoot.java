package dev.trestle.proofs.ssz;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import java.math.BigInteger;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * {@code hash_tree_root} of the types that light clients meet (simple-serialize, Merkleization).
 */
public final class SszRoot {
  private static final int CHUNK = Hash32.SIZE;

  /** Deepest tree: a list of 2^40 validators, with room. */
  private static final int MAX_DEPTH = 48;

  private static final byte[][] ZERO_ROOTS = zeroRoots();

  private SszRoot() {}

  /** Root of a container or of a vector of composite elements: one root a field, in order. */
  public static Hash32 container(Hash32... fields) {
    byte[] chunks = new byte[fields.length * CHUNK];
    for (int i = 0; i < fields.length; i++) {
      System.arraycopy(fields[i].toArray(), 0, chunks, i * CHUNK, CHUNK);
    }
    return merkleize(chunks, fields.length, depth(fields.length));
  }

  /** Unsigned 64-bit integer, given as the {@code long} of the same bits. */
  public static Hash32 uint64(long value) {
    byte[] chunk = new byte[CHUNK];
    for (int i = 0; i < 8; i++) {
      chunk[i] = (byte) (value >>> (8 * i));
    }
    return Hash32.wrap(chunk);
  }

  /**
   * @throws IllegalArgumentException unless the value is in [0, 2^256)
   */
  public static Hash32 uint256(BigInteger value) {
    if (value.signum() < 0 || value.bitLength() > 256) {
      throw new IllegalArgumentException("not a uint256");
    }
    byte[] bigEndian = value.toByteArray();
    byte[] chunk = new byte[CHUNK];
    for (int i = 0; i < Math.min(CHUNK, bigEndian.length); i++) {
      chunk[i] = bigEndian[bigEndian.length - 1 - i];
    }
    return Hash32.wrap(chunk);
  }

  /** {@code ByteVector[n]} and {@code Bitvector[8 * n]} with n the size of {@code value}. */
  public static Hash32 byteVector(Bytes value) {
    int chunks = chunks(value.size());
    return merkleize(padded(value), chunks, depth(chunks));
  }

  /**
   * {@code ByteList[limit]}.
   *
   * @throws IllegalArgumentException if the value is over the limit
   */
  public static Hash32 byteList(Bytes value, int limit) {
    if (value.size() > limit) {
      throw new IllegalArgumentException(value.size() + " bytes over the limit of " + limit);
    }
    Hash32 root = merkleize(padded(value), chunks(value.size()), depth(chunks(limit)));
    return pair(root, uint64(value.size()));
  }

  /**
   * {@code Vector[ByteVector[size], n]} of the elements that stand one after the other in {@code
   * elements}.
   *
   * @throws IllegalArgumentException unless they fill it exactly
   */
  public static Hash32 vectorOfByteVectors(Bytes elements, int size) {
    if (size < 1 || elements.isEmpty() || elements.size() % size != 0) {
      throw new IllegalArgumentException(elements.size() + " bytes of elements of " + size);
    }
    int count = elements.size() / size;
    int each = chunks(size);
    byte[] raw = elements.toArray();
    byte[] roots = new byte[count * CHUNK];
    byte[] padded = new byte[each * CHUNK];
    MessageDigest sha256 = sha256();
    for (int i = 0; i < count; i++) {
      System.arraycopy(raw, i * size, padded, 0, size);
      java.util.Arrays.fill(padded, size, padded.length, (byte) 0);
      fold(sha256, padded, each, depth(each));
      System.arraycopy(padded, 0, roots, i * CHUNK, CHUNK);
    }
    fold(sha256, roots, count, depth(count));
    return Hash32.wrap(java.util.Arrays.copyOf(roots, CHUNK));
  }

  /** Parent of two nodes. */
  public static Hash32 pair(Hash32 left, Hash32 right) {
    MessageDigest sha256 = sha256();
    sha256.update(left.toArray());
    return Hash32.wrap(sha256.digest(right.toArray()));
  }

  private static Hash32 merkleize(byte[] chunks, int count, int depth) {
    byte[] work = chunks.length == 0 ? new byte[CHUNK] : chunks;
    fold(sha256(), work, count, depth);
    return Hash32.wrap(java.util.Arrays.copyOf(work, CHUNK));
  }

  /** Folds {@code count} chunks, padded with zero chunks to 2^depth, into the first chunk. */
  private static void fold(MessageDigest sha256, byte[] chunks, int count, int depth) {
    int width = count;
    if (width == 0) {
      System.arraycopy(ZERO_ROOTS[depth], 0, chunks, 0, CHUNK);
      return;
    }
    try {
      for (int level = 0; level < depth; level++) {
        int parents = (width + 1) / 2;
        for (int i = 0; i < parents; i++) {
          if (2 * i + 1 < width) {
            sha256.update(chunks, 2 * i * CHUNK, 2 * CHUNK);
          } else {
            sha256.update(chunks, 2 * i * CHUNK, CHUNK);
            sha256.update(ZERO_ROOTS[level]);
          }
          sha256.digest(chunks, i * CHUNK, CHUNK);
        }
        width = parents;
      }
    } catch (DigestException e) {
      throw new IllegalStateException("a chunk holds a SHA-256 digest", e);
    }
  }

  private static int chunks(int bytes) {
    return (bytes + CHUNK - 1) / CHUNK;
  }

  /** Levels of the smallest perfect tree with {@code leaves} leaves. */
  private static int depth(int leaves) {
    return leaves < 2 ? 0 : 32 - Integer.numberOfLeadingZeros(leaves - 1);
  }

  private static byte[] padded(Bytes value) {
    return java.util.Arrays.copyOf(value.toArray(), chunks(value.size()) * CHUNK);
  }

  private static byte[][] zeroRoots() {
    byte[][] roots = new byte[MAX_DEPTH][];
    roots[0] = new byte[CHUNK];
    MessageDigest sha256 = sha256();
    for (int level = 1; level < MAX_DEPTH; level++) {
      sha256.update(roots[level - 1]);
      roots[level] = sha256.digest(roots[level - 1]);
    }
    return roots;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
