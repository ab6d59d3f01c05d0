package dev.trestle.crypto;

import dev.trestle.base.Bytes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import supranational.blst.P1;
import supranational.blst.P1_Affine;

/**
 * The seats of a committee with every key decoded and validated once, and the sum of all of them. A
 * key may hold several seats; it counts and is added once a seat. Immutable, safe from any thread.
 */
public final class BlsKeySet {
  /** Largest number of seats: a sync committee of mainnet, with room. */
  public static final int MAX_SEATS = 2_048;

  private final List<Optional<BlsPublicKey>> seats;
  private final boolean complete;
  private final P1 sum;

  private BlsKeySet(List<Optional<BlsPublicKey>> seats) {
    this.seats = List.copyOf(seats);
    this.complete = seats.stream().allMatch(Optional::isPresent);
    P1 total = new P1();
    seats.forEach(seat -> seat.ifPresent(key -> total.add(key.point())));
    this.sum = total;
  }

  /**
   * @param compressed one 48-byte key a seat; a seat whose key is invalid stays empty and can sign
   *     nothing
   * @throws IllegalArgumentException on no seat or on more than {@link #MAX_SEATS}
   */
  public static BlsKeySet of(List<Bytes> compressed) {
    if (compressed.isEmpty() || compressed.size() > MAX_SEATS) {
      throw new IllegalArgumentException("a set of " + compressed.size() + " seats");
    }
    List<Optional<BlsPublicKey>> seats = new ArrayList<>(compressed.size());
    for (Bytes key : compressed) {
      seats.add(BlsPublicKey.decode(key));
    }
    return new BlsKeySet(seats);
  }

  public int size() {
    return seats.size();
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
    if (signers.isEmpty() || signers.length() > seats.size()) {
      return Optional.empty();
    }
    boolean subtract = complete && 2 * signers.cardinality() > seats.size();
    P1 others = new P1();
    for (int seat = 0; seat < seats.size(); seat++) {
      if (signers.get(seat) != subtract) {
        Optional<BlsPublicKey> key = seats.get(seat);
        if (key.isEmpty()) {
          return Optional.empty();
        }
        others.add(key.get().point());
      }
    }
    P1 total = subtract ? sum.dup().add(others.neg()) : others;
    return total.is_inf() ? Optional.empty() : Optional.of(total.to_affine());
  }
}
