package dev.trestle.crypto.musig;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SecretKey;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The secret half of a signer's nonce (BIP-327 NonceGen). Two signatures with one nonce give the
 * key away, so there is no way to make two: the scalars leave this object once, into {@link
 * Musig2#sign}, which also happens when signing fails; they cannot be read, copied or stored. After
 * a crash the session starts again with fresh ones.
 */
public final class SecretNonce implements AutoCloseable {
  private final AtomicReference<Optional<Pair>> unused;
  private final PublicKey signer;
  private final PublicNonce publicNonce;

  /** Both scalars; whoever takes them closes them. */
  record Pair(SecretKey first, SecretKey second) implements AutoCloseable {
    @Override
    public void close() {
      first.close();
      second.close();
    }

    @Override
    public String toString() {
      return "Pair(hidden)";
    }
  }

  /**
   * @param signer the only key that it may be used with
   */
  SecretNonce(SecretKey first, SecretKey second, PublicKey signer) {
    this.unused = new AtomicReference<>(Optional.of(new Pair(first, second)));
    this.signer = signer;
    this.publicNonce = new PublicNonce(first.publicKey(), second.publicKey());
  }

  /**
   * What else goes into the nonce where it is known when it is made, as a second line of defence
   * against a random source that repeats itself.
   *
   * @param aggregateKey x coordinate of the key that is signed for
   * @param message of any length
   * @param extra anything else
   */
  record Context(Optional<Hash32> aggregateKey, Optional<Bytes> message, Bytes extra) {}

  /**
   * A fresh nonce for one signature of {@code message}.
   *
   * @param keys those that sign, tweaks included
   */
  public static SecretNonce generate(
      SecureRandom random, SecretKey key, KeyAggregate keys, Bytes message) {
    byte[] drawn = new byte[Hash32.SIZE];
    random.nextBytes(drawn);
    return generate(
        Hash32.wrap(drawn),
        Optional.of(key),
        key.publicKey(),
        new Context(Optional.of(keys.xOnly()), Optional.of(message), Bytes.EMPTY));
  }

  /** BIP-327 NonceGen with all of its inputs. */
  static SecretNonce generate(
      Hash32 drawn, Optional<SecretKey> key, PublicKey signer, Context context) {
    Bytes seed =
        key.map(secret -> masked(secret, Digests.tagged("MuSig/aux", drawn.bytes())))
            .orElse(drawn.bytes());
    Bytes aggregate = context.aggregateKey().map(Hash32::bytes).orElse(Bytes.EMPTY);
    Bytes message =
        context
            .message()
            .map(m -> Bytes.concat(Bytes.fromHex("01"), Scalars.length(m.size(), 8), m))
            .orElse(Bytes.fromHex("00"));
    Bytes common =
        Bytes.concat(
            seed,
            Scalars.length(PublicKey.SIZE, 1),
            signer.compressed(),
            Scalars.length(aggregate.size(), 1),
            aggregate,
            message,
            Scalars.length(context.extra().size(), 4),
            context.extra());
    return new SecretNonce(
        nonce("MuSig/nonce", common, 0), nonce("MuSig/nonce", common, 1), signer);
  }

  /** The scalar that {@code common} and an index give. */
  static SecretKey nonce(String tag, Bytes common, int index) {
    return SecretKey.reduce(Digests.tagged(tag, common, Scalars.length(index, 1)));
  }

  /** The secret, hidden under a hash of the same length. */
  static Bytes masked(SecretKey secret, Hash32 mask) {
    byte[] out = secret.exposeForStorage().toArray();
    byte[] with = mask.toArray();
    for (int i = 0; i < out.length; i++) {
      out[i] ^= with[i];
    }
    return Bytes.wrap(out);
  }

  /** What the other signers get. */
  public PublicNonce publicNonce() {
    return publicNonce;
  }

  PublicKey signer() {
    return signer;
  }

  /**
   * The scalars, which are gone afterwards.
   *
   * @throws IllegalStateException if they were taken before, or this is closed
   */
  Pair take() {
    return unused
        .getAndSet(Optional.empty())
        .orElseThrow(() -> new IllegalStateException("this nonce was used or given up"));
  }

  /** Gives the nonce up. */
  @Override
  public void close() {
    unused.getAndSet(Optional.empty()).ifPresent(Pair::close);
  }

  @Override
  public String toString() {
    return "SecretNonce(hidden)";
  }
}
