package dev.trestle.crypto;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BooleanSupplier;

/**
 * Signatures that were found good lately, so that a certificate that signs every block, the
 * manifest of a validator that stands in every list, and the commit that a client judges against
 * two sets cost the curve arithmetic once only. Bitcoin Core's signature cache does the same.
 *
 * <p>What is kept is SHA-256 of scheme, key, signature and message, each with its size where the
 * next one follows: a hit means that these very bytes passed the check before, so the answer never
 * depends on what is remembered. A failed check is never kept. The place of an entry is taken over
 * by the next one that falls there. Work is charged by the callers whether it is a hit or not.
 * Everything that is kept is public. Safe to use from any thread.
 */
public final class KnownSignatures {
  /** Entries of the table that the process shares: about six megabytes when all are there. */
  private static final int SHARED_SIZE = 1 << 16;

  private static final KnownSignatures SHARED = new KnownSignatures(SHARED_SIZE);

  private final AtomicReferenceArray<Hash32> known;

  /**
   * @param size entries, a power of two
   */
  KnownSignatures(int size) {
    if (Integer.bitCount(size) != 1) {
      throw new IllegalArgumentException(size + " is not a power of two");
    }
    this.known = new AtomicReferenceArray<>(size);
  }

  /** The table of this process. */
  public static KnownSignatures shared() {
    return SHARED;
  }

  /**
   * Whether the signature is good: from memory, or by {@code check}.
   *
   * @param scheme names the algorithm and every rule by which {@code check} judges
   * @param check depends on nothing but the other arguments
   */
  public boolean verify(
      String scheme, Bytes key, Bytes message, Bytes signature, BooleanSupplier check) {
    Bytes name = Bytes.utf8(scheme);
    Bytes sizes =
        Bytes.wrap(
            ByteBuffer.allocate(3 * Integer.BYTES)
                .putInt(name.size())
                .putInt(key.size())
                .putInt(signature.size())
                .array());
    Hash32 id = Digests.sha256(sizes, name, key, signature, message);
    Bytes digest = id.bytes();
    int place =
        (digest.at(0) << 24 | digest.at(1) << 16 | digest.at(2) << 8 | digest.at(3))
            & (known.length() - 1);
    if (id.equals(known.get(place))) {
      return true;
    }
    boolean good = check.getAsBoolean();
    if (good) {
      known.set(place, id);
    }
    return good;
  }
}
