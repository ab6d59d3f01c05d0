package dev.trestle.lightclient.bitcoin.sync;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256d of headers into a given array, without allocating. Not thread-safe. */
final class HeaderHash {
  private final MessageDigest sha256;

  HeaderHash() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  void sha256d(byte[] header, byte[] to) {
    try {
      sha256.update(header);
      sha256.digest(to, 0, 32);
      sha256.update(to, 0, 32);
      sha256.digest(to, 0, 32);
    } catch (DigestException e) {
      throw new IllegalStateException("the result has 32 bytes", e);
    }
  }
}
