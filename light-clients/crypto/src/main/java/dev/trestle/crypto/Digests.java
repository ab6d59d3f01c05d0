package dev.trestle.crypto;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.bouncycastle.crypto.digests.Blake2bDigest;
import org.bouncycastle.crypto.digests.RIPEMD160Digest;

/** Hash functions of the connected chains. All are pure and safe to call from any thread. */
public final class Digests {
  /** Never updated, only cloned. */
  private static final MessageDigest SHA256 = newDigest("SHA-256");

  /** Never updated, only cloned. */
  private static final MessageDigest SHA512 = newDigest("SHA-512");

  private Digests() {}

  /** SHA-256 (FIPS 180-4) of the concatenation of {@code parts}. */
  public static Hash32 sha256(Bytes... parts) {
    return Hash32.wrap(fresh(SHA256).digest(joined(parts)));
  }

  /** SHA-256 applied twice, Bitcoin's block and transaction hash. */
  public static Hash32 sha256d(Bytes... parts) {
    return sha256(sha256(parts).bytes());
  }

  /** RIPEMD-160 of SHA-256, 20 bytes: Bitcoin's key and script hash. */
  public static Bytes hash160(Bytes data) {
    return ripemd160(sha256(data).bytes());
  }

  /** RIPEMD-160, 20 bytes. */
  public static Bytes ripemd160(Bytes data) {
    RIPEMD160Digest digest = new RIPEMD160Digest();
    digest.update(data.toArray(), 0, data.size());
    byte[] out = new byte[20];
    digest.doFinal(out, 0);
    return Bytes.wrap(out);
  }

  /** Keccak-256 with Ethereum's padding (not SHA3-256) of the concatenation of {@code parts}. */
  public static Hash32 keccak256(Bytes... parts) {
    return Hash32.wrap(Keccak256.digest(joined(parts)));
  }

  /** BLAKE2b (RFC 7693) with 32 bytes of output of the concatenation of {@code parts}. */
  public static Hash32 blake2b256(Bytes... parts) {
    Blake2bDigest digest = new Blake2bDigest(256);
    for (Bytes part : parts) {
      digest.update(part.toArray(), 0, part.size());
    }
    byte[] out = new byte[32];
    digest.doFinal(out, 0);
    return Hash32.wrap(out);
  }

  /** The first half of SHA-512 (FIPS 180-4) of the concatenation of {@code parts}: XRPL's hash. */
  public static Hash32 sha512Half(Bytes... parts) {
    MessageDigest digest = fresh(SHA512);
    for (Bytes part : parts) {
      digest.update(part.toArray());
    }
    return Hash32.wrap(java.util.Arrays.copyOf(digest.digest(), Hash32.SIZE));
  }

  /** BIP-340 tagged hash: SHA-256(SHA-256(tag) || SHA-256(tag) || data). */
  public static Hash32 tagged(String tag, Bytes... data) {
    Bytes tagHash = sha256(Bytes.wrap(tag.getBytes(StandardCharsets.UTF_8))).bytes();
    Bytes[] all = new Bytes[data.length + 2];
    all[0] = tagHash;
    all[1] = tagHash;
    System.arraycopy(data, 0, all, 2, data.length);
    return sha256(all);
  }

  private static byte[] joined(Bytes... parts) {
    int size = 0;
    for (Bytes part : parts) {
      size = Math.addExact(size, part.size());
    }
    byte[] all = new byte[size];
    int at = 0;
    for (Bytes part : parts) {
      at = part.copyTo(all, at);
    }
    return all;
  }

  private static MessageDigest fresh(MessageDigest prototype) {
    try {
      return (MessageDigest) prototype.clone(); // cheaper than asking the providers each time
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the platform's SHA-2 can be cloned", e);
    }
  }

  private static MessageDigest newDigest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java platform has no " + algorithm, e);
    }
  }
}
