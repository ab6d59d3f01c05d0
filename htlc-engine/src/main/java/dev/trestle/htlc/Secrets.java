package dev.trestle.htlc;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.SecretKey;

/**
 * Secrets and keys of one party, all recoverable from its seed. A secret is never written anywhere
 * before the chain shows it: only its index is.
 */
public final class Secrets {
  /** Least size of a seed, bytes. */
  public static final int MIN_SEED = 16;

  /** How many indexes past the last used one a search from the seed alone covers. */
  public static final int GAP_LIMIT = 50;

  private static final String SECRET_TAG = "TRESTLE/htlc/secret/v1";

  private Secrets() {}

  /** The 32-byte secret of swap number {@code index}. */
  public static Hash32 derive(Bytes seed, long index) {
    if (seed.size() < MIN_SEED || index < 0) {
      throw new IllegalArgumentException("a seed has 16 bytes or more, an index is not negative");
    }
    byte[] number = new byte[8];
    for (int i = 0; i < 8; i++) {
      number[i] = (byte) (index >>> (56 - 8 * i));
    }
    return Digests.tagged(SECRET_TAG, seed, Bytes.wrap(number));
  }

  /** What stands in the locks: SHA-256 of the secret. */
  public static Hash32 hashOf(Hash32 secret) {
    return Digests.sha256(secret.bytes());
  }

  static SecretKey keyAt(Bytes seed, String path) {
    if (seed.size() < MIN_SEED) {
      throw new IllegalArgumentException("a seed has 16 bytes or more");
    }
    return SecretKey.derive(seed, path);
  }
}
