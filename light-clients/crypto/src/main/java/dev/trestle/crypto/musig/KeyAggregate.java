package dev.trestle.crypto.musig;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.Secp256k1;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One key for several (BIP-327 KeyAgg), tweaked or not. The order of the keys counts; {@link
 * #sorted} gives the order of BIP-327 KeySort.
 */
public final class KeyAggregate {
  /** Most keys of one signature: bounds the work that a list from outside makes. */
  public static final int MAX_KEYS = 1_000;

  private static final Bytes NO_SECOND = Bytes.wrap(new byte[PublicKey.SIZE]);

  private final List<PublicKey> keys;
  private final Hash32 listHash;
  private final Bytes second;
  private final PublicKey key;

  /** Whether the sum of the keys counts negative in {@link #key} (gacc of BIP-327). */
  private final boolean negated;

  /** What tweaks have added, times G (tacc of BIP-327). */
  private final BigInteger tweak;

  private KeyAggregate(
      List<PublicKey> keys,
      Hash32 listHash,
      Bytes second,
      PublicKey key,
      boolean negated,
      BigInteger tweak) {
    this.keys = keys;
    this.listHash = listHash;
    this.second = second;
    this.key = key;
    this.negated = negated;
    this.tweak = tweak;
  }

  /**
   * The aggregate of keys as they came from their owners.
   *
   * @param encoded compressed, 33 bytes each
   * @return rejected with {@link MusigCode#INVALID_PUBLIC_KEY} for the first that is no point, else
   *     as {@link #of}
   */
  public static Verdict<KeyAggregate> parse(List<Bytes> encoded) {
    List<PublicKey> keys = new ArrayList<>();
    for (Bytes each : encoded) {
      Optional<PublicKey> parsed = Point.compressed(each);
      if (parsed.isEmpty()) {
        return Verdict.reject(MusigCode.INVALID_PUBLIC_KEY, "signer " + keys.size());
      }
      keys.add(parsed.get());
    }
    return of(keys);
  }

  /**
   * The aggregate of 1 to {@link #MAX_KEYS} keys.
   *
   * @return rejected with {@link MusigCode#WRONG_COUNT}, or {@link MusigCode#INFINITE_KEY} where
   *     they cancel each other, which nobody knows how to bring about
   */
  public static Verdict<KeyAggregate> of(List<PublicKey> keys) {
    if (keys.isEmpty() || keys.size() > MAX_KEYS) {
      return Verdict.reject(MusigCode.WRONG_COUNT, keys.size() + " keys");
    }
    List<PublicKey> list = List.copyOf(keys);
    Hash32 listHash =
        Digests.tagged(
            "KeyAgg list", list.stream().map(PublicKey::compressed).toArray(Bytes[]::new));
    Bytes second =
        list.stream()
            .filter(each -> !each.equals(list.getFirst()))
            .findFirst()
            .map(PublicKey::compressed)
            .orElse(NO_SECOND);
    Point sum = Point.INFINITY;
    for (PublicKey each : list) {
      sum = sum.plus(Point.of(each).by(coefficient(each, listHash, second)));
    }
    return sum.key()
        .map(
            key ->
                Verdict.accept(
                    new KeyAggregate(list, listHash, second, key, false, BigInteger.ZERO)))
        .orElseGet(() -> Verdict.reject(MusigCode.INFINITE_KEY, "the keys cancel each other"));
  }

  /** The keys in ascending order of their bytes (BIP-327 KeySort). */
  public static List<PublicKey> sorted(List<PublicKey> keys) {
    return keys.stream().sorted().toList();
  }

  /**
   * With {@code tweak} * G added to the key (BIP-327 ApplyTweak, plain, as BIP-32 derives).
   *
   * @return rejected with {@link MusigCode#TWEAK_OUT_OF_RANGE} or {@link MusigCode#INFINITE_KEY}
   */
  public Verdict<KeyAggregate> tweakedPlain(Hash32 tweak) {
    return tweaked(tweak, false);
  }

  /**
   * With {@code tweak} * G added to the key with even y (BIP-327 ApplyTweak, x-only, as BIP-341
   * tweaks).
   *
   * @return rejected with {@link MusigCode#TWEAK_OUT_OF_RANGE} or {@link MusigCode#INFINITE_KEY}
   */
  public Verdict<KeyAggregate> tweakedXOnly(Hash32 tweak) {
    return tweaked(tweak, !key.hasEvenY());
  }

  private Verdict<KeyAggregate> tweaked(Hash32 by, boolean negate) {
    if (!Scalars.isBelowN(by)) {
      return Verdict.reject(MusigCode.TWEAK_OUT_OF_RANGE, "the tweak must be less than n");
    }
    BigInteger t = Scalars.number(by);
    BigInteger accumulated = negate ? t.subtract(tweak) : t.add(tweak);
    return Secp256k1.instance()
        .tweakAdd(negate ? key.negate() : key, by)
        .map(
            sum ->
                Verdict.accept(
                    new KeyAggregate(
                        keys, listHash, second, sum, negated ^ negate, accumulated.mod(Scalars.N))))
        .orElseGet(
            () ->
                Verdict.reject(
                    MusigCode.INFINITE_KEY, "the result of tweaking cannot be infinity"));
  }

  /** Those that sign, in their order. */
  public List<PublicKey> keys() {
    return keys;
  }

  /** The aggregate with all tweaks. */
  public PublicKey key() {
    return key;
  }

  /** Its x coordinate, under which signatures verify. */
  public Hash32 xOnly() {
    return key.xOnly();
  }

  /** What the key of {@code signer} is multiplied with (BIP-327 KeyAggCoeff). */
  BigInteger coefficient(PublicKey signer) {
    return coefficient(signer, listHash, second);
  }

  /** Whether a signer signs with the negative of its key, for this key with even y. */
  boolean negatesSecrets() {
    return negated ^ !key.hasEvenY();
  }

  /** What the tweaks add to a signature, for each unit of the challenge. */
  BigInteger signedTweak() {
    return key.hasEvenY() ? tweak : tweak.negate().mod(Scalars.N);
  }

  private static BigInteger coefficient(PublicKey signer, Hash32 listHash, Bytes second) {
    return signer.compressed().equals(second)
        ? BigInteger.ONE
        : Scalars.modN(Digests.tagged("KeyAgg coefficient", listHash.bytes(), signer.compressed()));
  }
}
