package dev.trestle.crypto;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import supranational.blst.P1;
import supranational.blst.P1_Affine;

/**
 * The seats of a committee with every key decoded and validated once, and the sum of all of them. A
 * key may hold several seats; it counts and is added once a seat. Immutable, safe from any thread.
 *
 * <p>{@link #encode} keeps the points uncompressed, so that whoever stores a set does not pay for
 * square roots and subgroup checks (60 microseconds a key) again.
 */
public final class BlsKeySet {
  /** Largest number of seats: a sync committee of mainnet, with room. */
  public static final int MAX_SEATS = 2_048;

  /** Bytes of an uncompressed point. */
  private static final int POINT = 96;

  /** What stands at a seat without valid key: no point has this form. */
  private static final byte[] NOBODY = new byte[POINT];

  /** One uncompressed point a seat, then their sum. */
  private final byte[] points;

  private final int size;
  private final boolean complete;

  private BlsKeySet(byte[] points, int size, boolean complete) {
    this.points = points;
    this.size = size;
    this.complete = complete;
  }

  /**
   * @param compressed one 48-byte key a seat; a seat whose key is invalid stays empty and can sign
   *     nothing
   * @throws IllegalArgumentException on no seat or on more than {@link #MAX_SEATS}
   */
  public static BlsKeySet of(List<Bytes> compressed) {
    int size = compressed.size();
    checkSize(size);
    byte[] points = new byte[(size + 1) * POINT];
    boolean complete = true;
    P1 sum = new P1();
    for (int seat = 0; seat < size; seat++) {
      Optional<BlsPublicKey> key = BlsPublicKey.decode(compressed.get(seat));
      complete &= key.isPresent();
      if (key.isPresent()) {
        sum.add(key.get().point());
        System.arraycopy(key.get().point().serialize(), 0, points, seat * POINT, POINT);
      }
    }
    System.arraycopy(sum.serialize(), 0, points, size * POINT, POINT);
    return new BlsKeySet(points, size, complete);
  }

  /** What {@link #stored} reads: 96 bytes a seat and 96 for the sum. */
  public Bytes encode() {
    return Bytes.of(points);
  }

  /**
   * A set that {@link #encode} wrote. Points are not validated again: only for what the caller
   * itself has stored.
   *
   * @throws DecodeException on a length that no set has
   */
  public static BlsKeySet stored(Bytes encoded) {
    int size = encoded.size() / POINT - 1;
    if (encoded.size() % POINT != 0 || size < 1 || size > MAX_SEATS) {
      throw new DecodeException("a key set of " + encoded.size() + " bytes");
    }
    byte[] points = encoded.toArray();
    boolean complete = true;
    for (int seat = 0; seat < size; seat++) {
      complete &= !isNobody(points, seat);
    }
    return new BlsKeySet(points, size, complete);
  }

  private static void checkSize(int size) {
    if (size < 1 || size > MAX_SEATS) {
      throw new IllegalArgumentException("a set of " + size + " seats");
    }
  }

  private static boolean isNobody(byte[] points, int seat) {
    int from = seat * POINT;
    return java.util.Arrays.equals(points, from, from + POINT, NOBODY, 0, POINT);
  }

  public int size() {
    return size;
  }

  /** Whether every seat has a valid key. */
  public boolean isComplete() {
    return complete;
  }

  /**
   * Sum of the keys in {@code signers}. From more than half of the seats on it is the sum of all
   * less the others, which is the same point for less work. Empty if no seat is asked for, one is
   * beyond the set or has no valid key, or the sum is the point at infinity.
   */
  Optional<P1_Affine> aggregate(BitSet signers) {
    if (signers.isEmpty() || signers.length() > size) {
      return Optional.empty();
    }
    boolean subtract = complete && 2 * signers.cardinality() > size;
    P1 others = new P1();
    for (int seat = 0; seat < size; seat++) {
      if (signers.get(seat) != subtract) {
        if (isNobody(points, seat)) {
          return Optional.empty();
        }
        others.add(point(seat));
      }
    }
    P1 total = subtract ? point(size).to_jacobian().add(others.neg()) : others;
    return total.is_inf() ? Optional.empty() : Optional.of(total.to_affine());
  }

  private P1_Affine point(int seat) {
    return new P1_Affine(java.util.Arrays.copyOfRange(points, seat * POINT, (seat + 1) * POINT));
  }
}
