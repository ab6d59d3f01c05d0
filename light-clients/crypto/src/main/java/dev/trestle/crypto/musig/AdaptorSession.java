package dev.trestle.crypto.musig;

import dev.trestle.base.Bytes;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SchnorrSignature;
import java.util.List;

/**
 * Signs so that the shares add up to a {@link PreSignature}, which only the discrete logarithm of a
 * point completes, and which tells that logarithm to whoever sees both (point-time-locks). The
 * point is added to the first nonce of all signers together; shares are made and checked as ever,
 * with {@link Musig2#sign} and {@link Musig2#verify} in {@link #signing()}.
 *
 * <p>Whoever names the point must prove that its logarithm is known, for example by a BIP-340
 * signature, before anybody locks coins behind it.
 */
public final class AdaptorSession {
  private final SigningSession signing;
  private final PublicKey point;

  private AdaptorSession(SigningSession signing, PublicKey point) {
    this.signing = signing;
    this.point = point;
  }

  /** As {@link SigningSession#of}, encrypted to {@code point}. */
  public static AdaptorSession of(
      KeyAggregate keys, AggregateNonce nonce, Bytes message, PublicKey point) {
    return new AdaptorSession(SigningSession.of(keys, nonce.plus(point), message), point);
  }

  /** What the signers sign in. Its shares never add up to a signature by themselves. */
  public SigningSession signing() {
    return signing;
  }

  /**
   * The sum of all shares, checked.
   *
   * @return rejected with {@link MusigCode#WRONG_COUNT}, or {@link MusigCode#WRONG_SIGNATURE} where
   *     the sum, completed, would be no signature
   */
  public Verdict<PreSignature> aggregate(List<PartialSignature> shares) {
    return Musig2.sum(shares, signing).then(this::check);
  }

  /**
   * A sum that came from another signer, checked as {@link #aggregate} does.
   *
   * @param sum x of the nonce and the scalar, 64 bytes
   */
  public Verdict<PreSignature> check(SchnorrSignature sum) {
    boolean negative = !signing.commitment().hasEvenY();
    PreSignature candidate =
        new PreSignature(sum, point, negative, signing.message(), signing.keys().xOnly());
    // s * G = R - T + e * Q, where R (with T in it) counts with even y
    Point missing = Point.of(point).negateIf(negative);
    Point committed = Point.of(signing.commitment()).negateIf(negative);
    Point keyed =
        Point.of(signing.keys().key())
            .negateIf(!signing.keys().key().hasEvenY())
            .by(signing.challenge());
    boolean holds =
        sum.bytes().slice(0, 32).equals(signing.nonceX().bytes())
            && Scalars.isBelowN(candidate.scalar())
            && Point.times(Scalars.number(candidate.scalar()))
                .plus(missing)
                .equals(committed.plus(keyed));
    return holds
        ? Verdict.accept(candidate)
        : Verdict.reject(MusigCode.WRONG_SIGNATURE, "not a signature but for the point");
  }
}
