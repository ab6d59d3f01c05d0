package dev.trestle.notary;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.SecretKey;

/**
 * The two keys of a member, derived from one seed: custody keys sign only Bitcoin-like transactions
 * (BIP-340), attestation keys only headers (EIP-2098), so that no signature of one kind can be
 * passed off as the other.
 */
public final class MemberKeys implements AutoCloseable {
  /** Bytes of a seed. */
  public static final int SEED_SIZE = 32;

  private final SecretKey custody;
  private final SecretKey attestation;

  private MemberKeys(SecretKey custody, SecretKey attestation) {
    this.custody = custody;
    this.attestation = attestation;
  }

  /**
   * @throws IllegalArgumentException unless {@code seed} has {@link #SEED_SIZE} bytes
   */
  public static MemberKeys fromSeed(Bytes seed) {
    if (seed.size() != SEED_SIZE) {
      throw new IllegalArgumentException("a seed has 32 bytes, not " + seed.size());
    }
    return new MemberKeys(
        SecretKey.derive(seed, "notary/custody"), SecretKey.derive(seed, "notary/attestation"));
  }

  /** Signs inputs of release transactions. */
  public SecretKey custody() {
    return custody;
  }

  /** Signs header attestations. */
  public SecretKey attestation() {
    return attestation;
  }

  @Override
  public void close() {
    custody.close();
    attestation.close();
  }

  @Override
  public String toString() {
    return "MemberKeys(" + custody.publicKey().xOnly() + ", " + attestation.publicKey() + ")";
  }
}
