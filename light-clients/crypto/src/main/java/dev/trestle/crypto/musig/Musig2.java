package dev.trestle.crypto.musig;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/**
 * Signing with several keys under one (BIP-327): partial signatures, their check and their sum. The
 * secrets are touched by the operations of {@link Secp256k1} only, which are constant in time where
 * the native library is.
 */
public final class Musig2 {
  private Musig2() {}

  /**
   * This signer's share. The nonce is used up, also when this refuses or throws.
   *
   * @return rejected with {@link MusigCode#NOT_A_SIGNER} if the key is not in the session or the
   *     nonce was made for another key
   * @throws IllegalStateException if the nonce was used before, or the result does not verify
   */
  public static Verdict<PartialSignature> sign(
      SecretNonce nonce, SecretKey key, SigningSession session) {
    try (SecretNonce.Pair scalars = nonce.take()) {
      PublicKey signer = key.publicKey();
      if (!nonce.signer().equals(signer) || !session.keys().keys().contains(signer)) {
        return Verdict.reject(
            MusigCode.NOT_A_SIGNER,
            "the signer's key must be one of the session and the one of the nonce");
      }
      PartialSignature signature = sign(scalars, key, session);
      if (!verify(signature, nonce.publicNonce(), signer, session)) {
        throw new IllegalStateException("own partial signature does not verify");
      }
      return Verdict.accept(signature);
    }
  }

  /** k1 + b * k2 + e * a * d, each with its sign. */
  private static PartialSignature sign(
      SecretNonce.Pair nonce, SecretKey key, SigningSession session) {
    Secp256k1 curve = Secp256k1.instance();
    BigInteger weight =
        session.challenge().multiply(session.keys().coefficient(key.publicKey())).mod(Scalars.N);
    Hash32 factor = Scalars.word(session.keys().negatesSecrets() ? weight.negate() : weight);
    try (SecretKey second =
            curve.multiply(nonce.second(), Scalars.word(session.nonceCoefficient())).orElseThrow();
        SecretKey sum = curve.add(nonce.first(), second).orElseThrow();
        SecretKey committed = signed(curve, sum, !session.commitment().hasEvenY());
        SecretKey weighted = curve.multiply(key, factor).orElseThrow();
        SecretKey share = curve.add(committed, weighted).orElseThrow()) {
      return new PartialSignature(new Hash32(share.exposeForStorage()));
    }
  }

  private static SecretKey signed(Secp256k1 curve, SecretKey key, boolean negate) {
    return negate ? curve.negate(key) : SecretKey.of(key.exposeForStorage());
  }

  /**
   * Whether {@code signature} is the share of {@code signer} with this nonce: finds who cheats.
   * False also for a key that is not of the session.
   */
  public static boolean verify(
      PartialSignature signature, PublicNonce nonce, PublicKey signer, SigningSession session) {
    if (!session.keys().keys().contains(signer)) {
      return false;
    }
    Point committed =
        Point.of(nonce.first())
            .plus(Point.of(nonce.second()).by(session.nonceCoefficient()))
            .negateIf(!session.commitment().hasEvenY());
    BigInteger weight = session.challenge().multiply(session.keys().coefficient(signer));
    Point weighted = Point.of(signer).by(weight).negateIf(session.keys().negatesSecrets());
    return Point.times(Scalars.number(signature.scalar())).equals(committed.plus(weighted));
  }

  /**
   * The signature that all shares add up to, checked under BIP-340.
   *
   * @param shares one of each signer, in any order
   * @return rejected with {@link MusigCode#WRONG_COUNT}, or {@link MusigCode#WRONG_SIGNATURE} where
   *     a share is wrong; {@link #verify} says which
   */
  public static Verdict<SchnorrSignature> aggregate(
      List<PartialSignature> shares, SigningSession session) {
    return sum(shares, session)
        .then(
            signature ->
                Secp256k1.instance()
                        .verifySchnorr(signature, session.message(), session.keys().xOnly())
                    ? Verdict.accept(signature)
                    : Verdict.reject(
                        MusigCode.WRONG_SIGNATURE, "the shares do not add up to a signature"));
  }

  /** The sum, unchecked. */
  static Verdict<SchnorrSignature> sum(List<PartialSignature> shares, SigningSession session) {
    if (shares.size() != session.keys().keys().size()) {
      return Verdict.reject(
          MusigCode.WRONG_COUNT,
          shares.size() + " shares of " + session.keys().keys().size() + " signers");
    }
    BigInteger s = session.challenge().multiply(session.keys().signedTweak());
    for (PartialSignature share : shares) {
      s = s.add(Scalars.number(share.scalar()));
    }
    return Verdict.accept(
        new SchnorrSignature(Bytes.concat(session.nonceX().bytes(), Scalars.word(s).bytes())));
  }

  /** What a signer without memory answers to the nonces of all others. */
  public record Reply(PublicNonce nonce, PartialSignature share) {}

  /**
   * Signs last, without randomness and without keeping anything (BIP-327 DeterministicSign): the
   * nonce follows from the key, the message, the aggregate key and the others' nonces, so that
   * another message or another nonce of theirs gives another one. This is the only deterministic
   * nonce there is.
   *
   * @param others the aggregate of the nonces of all other signers; a share is checked under {@link
   *     #sessionOf}
   * @param random mixed in where a source is at hand; not needed
   * @return rejected with {@link MusigCode#NOT_A_SIGNER}
   */
  public static Verdict<Reply> signLast(
      SecretKey key,
      PublicNonce others,
      KeyAggregate keys,
      Bytes message,
      Optional<Hash32> random) {
    Bytes secret =
        random
            .map(drawn -> SecretNonce.masked(key, Digests.tagged("MuSig/aux", drawn.bytes())))
            .orElseGet(key::exposeForStorage);
    Bytes common =
        Bytes.concat(
            secret,
            others.bytes(),
            keys.xOnly().bytes(),
            Scalars.length(message.size(), 8),
            message);
    String tag = "MuSig/deterministic/nonce";
    try (SecretNonce nonce =
        new SecretNonce(
            SecretNonce.nonce(tag, common, 0),
            SecretNonce.nonce(tag, common, 1),
            key.publicKey())) {
      PublicNonce own = nonce.publicNonce();
      return sign(nonce, key, sessionOf(List.of(own, others), keys, message))
          .then(share -> Verdict.accept(new Reply(own, share)));
    }
  }

  /** The session of signers whose nonces are all known. */
  public static SigningSession sessionOf(
      List<PublicNonce> nonces, KeyAggregate keys, Bytes message) {
    return SigningSession.of(keys, AggregateNonce.of(nonces), message);
  }
}
