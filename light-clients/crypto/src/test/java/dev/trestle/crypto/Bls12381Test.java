package dev.trestle.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Bls12381Test {
  private static final Bytes MESSAGE = Digests.sha256(Bytes.utf8("message")).bytes();
  private static final Bytes INFINITY_KEY = Bytes.fromHex("c0" + "00".repeat(47));
  private static final Bytes INFINITY_SIGNATURE = Bytes.fromHex("c0" + "00".repeat(95));

  private final List<Bls12381.Signer> signers = new ArrayList<>();
  private final List<Bytes> keys = new ArrayList<>();

  Bls12381Test() {
    for (int i = 0; i < 24; i++) {
      signers.add(new Bls12381.Signer(Digests.sha256(Bytes.utf8("key " + i)).bytes()));
      keys.add(signers.get(i).publicKey());
    }
  }

  private Bytes sign(BitSet seats) {
    return Bls12381.aggregate(
        seats.stream().mapToObj(seat -> signers.get(seat).sign(MESSAGE)).toList());
  }

  private static BitSet seats(int... numbers) {
    BitSet set = new BitSet();
    for (int number : numbers) {
      set.set(number);
    }
    return set;
  }

  @Test
  void everySubsetVerifiesUnderItsOwnKeysAndUnderNoOther() {
    long seed = 0xb15L;
    System.out.println("Bls12381Test seed " + seed);
    Random random = new Random(seed);
    BlsKeySet set = BlsKeySet.of(keys);
    for (int size = 1; size <= keys.size(); size++) {
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < keys.size(); i++) {
        order.add(i);
      }
      Collections.shuffle(order, random);
      BitSet seats = seats(order.subList(0, size).stream().mapToInt(i -> i).toArray());
      Bytes signature = sign(seats);
      assertThat(Bls12381.fastAggregateVerify(set, seats, MESSAGE, signature)).isTrue();
      BlsKeySet stored = BlsKeySet.stored(set.encode());
      assertThat(Bls12381.fastAggregateVerify(stored, seats, MESSAGE, signature)).isTrue();
      BitSet other = (BitSet) seats.clone();
      other.flip(order.getFirst());
      assertThat(Bls12381.fastAggregateVerify(set, other, MESSAGE, signature)).isFalse();
    }
  }

  @Test
  void aKeyWithSeveralSeatsIsAddedOnceASeat() {
    List<Bytes> repeated = new ArrayList<>(Collections.nCopies(3, keys.getFirst()));
    repeated.add(keys.get(1));
    Bytes one = signers.getFirst().sign(MESSAGE);
    Bytes two = signers.get(1).sign(MESSAGE);
    BlsKeySet set = BlsKeySet.of(repeated);
    assertThat(
            Bls12381.fastAggregateVerify(
                set, seats(0, 1, 2, 3), MESSAGE, Bls12381.aggregate(List.of(one, one, one, two))))
        .isTrue();
    assertThat(
            Bls12381.fastAggregateVerify(
                set, seats(0, 1, 2, 3), MESSAGE, Bls12381.aggregate(List.of(one, two))))
        .isFalse();
  }

  @Test
  void seatsBeyondTheSetAndNoSeatSignNothing() {
    BlsKeySet set = BlsKeySet.of(keys);
    Bytes signature = sign(seats(0, 1));
    assertThat(Bls12381.fastAggregateVerify(set, seats(0, 1, 24), MESSAGE, signature)).isFalse();
    assertThat(Bls12381.fastAggregateVerify(set, new BitSet(), MESSAGE, signature)).isFalse();
    assertThat(Bls12381.fastAggregateVerify(set, new BitSet(), MESSAGE, INFINITY_SIGNATURE))
        .isFalse();
  }

  @Test
  void keysThatCancelOutAreNoKey() {
    // The negative of a point has the same x; the sign bit of the compressed form is flipped.
    byte[] raw = keys.getFirst().toArray();
    raw[0] ^= 0x20;
    BlsKeySet set = BlsKeySet.of(List.of(keys.getFirst(), Bytes.wrap(raw)));
    assertThat(set.isComplete()).isTrue();
    assertThat(Bls12381.fastAggregateVerify(set, seats(0, 1), MESSAGE, INFINITY_SIGNATURE))
        .isFalse();
    BlsKeySet stored = BlsKeySet.stored(set.encode()); // the sum of all is infinity
    Bytes one = signers.getFirst().sign(MESSAGE);
    assertThat(Bls12381.fastAggregateVerify(stored, seats(0), MESSAGE, one)).isTrue();
    assertThat(Bls12381.fastAggregateVerify(stored, seats(0, 1), MESSAGE, one)).isFalse();
  }

  @Test
  void infinityBadPointsAndOtherFormsAreNoKeys() {
    assertThat(BlsPublicKey.decode(INFINITY_KEY)).isEmpty();
    assertThat(BlsPublicKey.decode(Bytes.EMPTY)).isEmpty();
    assertThat(BlsPublicKey.decode(Bytes.wrap(new byte[48]))).isEmpty();
    assertThat(BlsPublicKey.decode(Bytes.wrap(new byte[96]))).isEmpty();
    assertThat(BlsPublicKey.decode(Bytes.fromHex("c0" + "00".repeat(46) + "01"))).isEmpty();
    assertThat(BlsPublicKey.decode(Bytes.fromHex("e0" + "00".repeat(47)))).isEmpty();
    Bytes uncompressed = Bytes.wrap(BlsPublicKey.decode(keys.getFirst()).get().point().serialize());
    assertThat(BlsPublicKey.decode(uncompressed)).isEmpty();
    assertThat(BlsPublicKey.decode(uncompressed.slice(0, 48))).isEmpty();
    // On the curve, outside of the prime-order subgroup (EIP-2537 and consensus test vectors).
    assertThat(pointsOutsideTheSubgroup()).isNotEmpty();
    pointsOutsideTheSubgroup().forEach(key -> assertThat(BlsPublicKey.decode(key)).isEmpty());
  }

  /** Small x coordinates that are on the curve: G1 has a cofactor, so that these are not in it. */
  private static List<Bytes> pointsOutsideTheSubgroup() {
    List<Bytes> found = new ArrayList<>();
    for (int x = 1; x < 40; x++) {
      byte[] raw = new byte[48];
      raw[0] = (byte) 0x80;
      raw[47] = (byte) x;
      try {
        supranational.blst.P1_Affine point = new supranational.blst.P1_Affine(raw);
        if (!point.in_group()) {
          found.add(Bytes.wrap(raw));
        }
      } catch (RuntimeException notOnTheCurve) {
        assertThat(notOnTheCurve).hasMessageContaining("BLST");
      }
    }
    return found;
  }

  @Test
  void aSeatWithoutValidKeyCannotSignAndDoesNotSpoilTheRest() {
    List<Bytes> withHole = new ArrayList<>(keys);
    withHole.set(3, INFINITY_KEY);
    BlsKeySet set = BlsKeySet.of(withHole);
    assertThat(set.isComplete()).isFalse();
    BitSet others = new BitSet();
    others.set(0, keys.size());
    others.clear(3);
    assertThat(Bls12381.fastAggregateVerify(set, others, MESSAGE, sign(others))).isTrue();
    BlsKeySet stored = BlsKeySet.stored(set.encode());
    assertThat(stored.isComplete()).isFalse();
    assertThat(Bls12381.fastAggregateVerify(stored, others, MESSAGE, sign(others))).isTrue();
    BitSet all = (BitSet) others.clone();
    all.set(3);
    assertThat(Bls12381.fastAggregateVerify(set, all, MESSAGE, sign(others))).isFalse();
  }

  @Test
  void malformedSignaturesDoNotVerify() {
    BlsKeySet set = BlsKeySet.of(keys);
    Bytes good = sign(seats(0));
    assertThat(Bls12381.isSignature(good)).isTrue();
    for (Bytes bad :
        List.of(
            INFINITY_SIGNATURE,
            Bytes.EMPTY,
            Bytes.wrap(new byte[96]),
            Bytes.concat(good, Bytes.fromHex("00")),
            good.slice(0, 95))) {
      assertThat(Bls12381.isSignature(bad)).isFalse();
      assertThat(Bls12381.fastAggregateVerify(set, seats(0), MESSAGE, bad)).isFalse();
    }
    for (int bit = 0; bit < 8 * good.size(); bit++) {
      byte[] raw = good.toArray();
      raw[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThat(Bls12381.fastAggregateVerify(set, seats(0), MESSAGE, Bytes.wrap(raw))).isFalse();
    }
  }

  @Test
  void setsAndSumsHaveBounds() {
    assertThatThrownBy(() -> BlsKeySet.of(List.of())).isInstanceOf(IllegalArgumentException.class);
    List<Bytes> many = Collections.nCopies(BlsKeySet.MAX_SEATS + 1, keys.getFirst());
    assertThatThrownBy(() -> BlsKeySet.of(many)).isInstanceOf(IllegalArgumentException.class);
    assertThat(Bls12381.fastAggregateVerify(many, MESSAGE, INFINITY_SIGNATURE)).isFalse();
    assertThat(Bls12381.fastAggregateVerify(List.of(), MESSAGE, INFINITY_SIGNATURE)).isFalse();
    for (int size : new int[] {0, 95, 96, 97, 96 * (BlsKeySet.MAX_SEATS + 2)}) {
      assertThatThrownBy(() -> BlsKeySet.stored(Bytes.wrap(new byte[size])))
          .isInstanceOf(DecodeException.class);
    }
    assertThatThrownBy(() -> Bls12381.aggregate(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Bls12381.Signer(Hash32.ZERO.bytes().slice(0, 31)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
