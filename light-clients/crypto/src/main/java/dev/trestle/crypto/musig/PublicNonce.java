package dev.trestle.crypto.musig;

import dev.trestle.base.Bytes;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.PublicKey;
import java.util.Optional;

/**
 * What a signer shows of its {@link SecretNonce} (BIP-327, NonceGen): two points, 66 bytes.
 * Anything else is rejected with {@code invalid-public-nonce}.
 */
public record PublicNonce(PublicKey first, PublicKey second) {
  /** Bytes of {@link #bytes}. */
  public static final int SIZE = 2 * PublicKey.SIZE;

  /**
   * Reads {@link #bytes}.
   *
   * @return rejected with {@link MusigCode#INVALID_PUBLIC_NONCE} for another size and for halves
   *     that are no points, infinity included
   */
  public static Verdict<PublicNonce> parse(Bytes encoded) {
    if (encoded.size() != SIZE) {
      return Verdict.reject(MusigCode.INVALID_PUBLIC_NONCE, encoded.size() + " bytes, not " + SIZE);
    }
    Optional<PublicKey> first = Point.compressed(encoded.slice(0, PublicKey.SIZE));
    Optional<PublicKey> second = Point.compressed(encoded.slice(PublicKey.SIZE, SIZE));
    return first.isPresent() && second.isPresent()
        ? Verdict.accept(new PublicNonce(first.get(), second.get()))
        : Verdict.reject(MusigCode.INVALID_PUBLIC_NONCE, "not two points");
  }

  /** Both points, compressed. */
  public Bytes bytes() {
    return Bytes.concat(first.compressed(), second.compressed());
  }
}
