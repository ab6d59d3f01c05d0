package dev.trestle.proofs.ics23;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.crypto.Digests;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.Blake2bDigest;
import org.bouncycastle.crypto.digests.Blake2sDigest;

/** {@code HashOp} of ICS-23. */
public enum HashOp {
  NO_HASH(0),
  SHA256(1),
  SHA512(2),
  KECCAK256(3),
  RIPEMD160(4),
  /** RIPEMD-160 of SHA-256. */
  BITCOIN(5),
  SHA512_256(6),
  BLAKE2B_512(7),
  BLAKE2S_256(8),
  BLAKE3(9);

  private final int number;

  HashOp(int number) {
    this.number = number;
  }

  /**
   * @throws DecodeException if there is no such number
   */
  public static HashOp of(long number) {
    for (HashOp each : values()) {
      if (each.number == number) {
        return each;
      }
    }
    throw new DecodeException("hash operation " + number);
  }

  /** The protocol's number. */
  int number() {
    return number;
  }

  /** Empty for {@link #NO_HASH} and for functions that no specification uses. */
  public Optional<Bytes> hash(Bytes data) {
    return switch (this) {
      case SHA256 -> Optional.of(Digests.sha256(data).bytes());
      case SHA512 -> Optional.of(platform("SHA-512", data));
      case SHA512_256 -> Optional.of(platform("SHA-512/256", data));
      case KECCAK256 -> Optional.of(Digests.keccak256(data).bytes());
      case RIPEMD160 -> Optional.of(Digests.ripemd160(data));
      case BITCOIN -> Optional.of(Digests.hash160(data));
      case BLAKE2B_512 -> Optional.of(bouncy(new Blake2bDigest(512), data));
      case BLAKE2S_256 -> Optional.of(bouncy(new Blake2sDigest(256), data));
      case NO_HASH, BLAKE3 -> Optional.empty();
    };
  }

  /** The data themselves for {@link #NO_HASH}. */
  Optional<Bytes> hashOrKeep(Bytes data) {
    return this == NO_HASH ? Optional.of(data) : hash(data);
  }

  private static Bytes platform(String algorithm, Bytes data) {
    try {
      return Bytes.wrap(MessageDigest.getInstance(algorithm).digest(data.toArray()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has " + algorithm, e);
    }
  }

  private static Bytes bouncy(Digest digest, Bytes data) {
    digest.update(data.toArray(), 0, data.size());
    byte[] out = new byte[digest.getDigestSize()];
    digest.doFinal(out, 0);
    return Bytes.wrap(out);
  }
}
