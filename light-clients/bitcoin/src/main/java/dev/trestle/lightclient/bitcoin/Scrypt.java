package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Bytes;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * scrypt with r = 1, p = 1 and 32 bytes of result (RFC 7914), as Litecoin uses it with N = 1024:
 * the header is password and salt. Each thread keeps its 128 KiB of working memory.
 */
public final class Scrypt {
  private static final int N = 1_024;

  /** 32-bit words of one block: 2 r of 64 bytes. */
  private static final int WORDS = 32;

  private static final int HASH_BLOCK = 64;
  private static final ThreadLocal<Scrypt> LOCAL = ThreadLocal.withInitial(() -> new Scrypt(N));

  private final int n;
  private final int[] memory;
  private final int[] state = new int[WORDS];
  private final MessageDigest sha256;

  private Scrypt(int n) {
    this.n = n;
    this.memory = new int[n * WORDS];
    try {
      this.sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** The proof-of-work hash of the header at {@code at}, wire order. */
  public static byte[] header(byte[] raw, int at) {
    byte[] header = Arrays.copyOfRange(raw, at, at + BlockHeader.SIZE);
    return LOCAL.get().derive(header, header);
  }

  /**
   * For tests with the parameters of the RFC.
   *
   * @param n a power of two
   */
  static Bytes derive(Bytes password, Bytes salt, int n) {
    return Bytes.wrap(new Scrypt(n).derive(password.toArray(), salt.toArray()));
  }

  private byte[] derive(byte[] password, byte[] salt) {
    byte[] inner = new byte[HASH_BLOCK];
    byte[] outer = new byte[HASH_BLOCK];
    key(password, inner, outer);
    byte[] block = new byte[4 * WORDS];
    for (int i = 0; i < 4; i++) {
      hmac(inner, outer, salt, i + 1, block, 32 * i);
    }
    for (int i = 0; i < WORDS; i++) {
      state[i] =
          (block[4 * i] & 0xff)
              | ((block[4 * i + 1] & 0xff) << 8)
              | ((block[4 * i + 2] & 0xff) << 16)
              | (block[4 * i + 3] << 24);
    }
    mix();
    for (int i = 0; i < WORDS; i++) {
      for (int shift = 0; shift < 4; shift++) {
        block[4 * i + shift] = (byte) (state[i] >>> (8 * shift));
      }
    }
    byte[] out = new byte[32];
    hmac(inner, outer, block, 1, out, 0);
    return out;
  }

  /** The pads of HMAC-SHA-256 (RFC 2104). */
  private void key(byte[] password, byte[] inner, byte[] outer) {
    byte[] key = password.length > HASH_BLOCK ? sha256.digest(password) : password;
    Arrays.fill(inner, (byte) 0x36);
    Arrays.fill(outer, (byte) 0x5c);
    for (int i = 0; i < key.length; i++) {
      inner[i] ^= key[i];
      outer[i] ^= key[i];
    }
  }

  /** One block of PBKDF2 with one iteration (RFC 8018). */
  private void hmac(byte[] inner, byte[] outer, byte[] salt, int number, byte[] to, int at) {
    try {
      sha256.update(inner);
      sha256.update(salt);
      sha256.update(
          new byte[] {
            (byte) (number >>> 24), (byte) (number >>> 16), (byte) (number >>> 8), (byte) number
          });
      sha256.digest(to, at, 32);
      sha256.update(outer);
      sha256.update(to, at, 32);
      sha256.digest(to, at, 32);
    } catch (DigestException e) {
      throw new IllegalStateException("the result has 32 bytes", e);
    }
  }

  /** ROMix (RFC 7914, section 5). */
  private void mix() {
    for (int i = 0; i < n; i++) {
      System.arraycopy(state, 0, memory, i * WORDS, WORDS);
      blockMix();
    }
    for (int i = 0; i < n; i++) {
      int from = (state[WORDS / 2] & (n - 1)) * WORDS;
      for (int j = 0; j < WORDS; j++) {
        state[j] ^= memory[from + j];
      }
      blockMix();
    }
  }

  /** BlockMix with r = 1 (RFC 7914, section 4): the halves, each mixed with the one before. */
  private void blockMix() {
    Salsa20.mix(state, 0, WORDS / 2);
    Salsa20.mix(state, WORDS / 2, 0);
  }
}
