package dev.trestle.lightclient.trestle;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.lightclient.Budget;

/**
 * A header of the relay chain and its commit certificate, as its wire format has them.
 *
 * <p>Canonical bytes: {@code bytes header | bytes certificate}.
 */
public record CertifiedHeader(Bytes header, Bytes certificate) {
  private static final int MAX_HEADER = 1_024;
  private static final int MAX_CERTIFICATE = 64 * Eras.MAX_VALIDATORS + 256;

  /** Most bytes of one. */
  static final int MAX_SIZE = 4 + MAX_HEADER + 4 + MAX_CERTIFICATE;

  private static final int SIGNATURE_SIZE = 64;
  private static final int BYTES_PER_UNIT = 64;

  void write(CanonicalWriter out) {
    out.bytes(header).bytes(certificate);
  }

  static CertifiedHeader read(CanonicalReader in) {
    return new CertifiedHeader(in.bytes(MAX_HEADER), in.bytes(MAX_CERTIFICATE));
  }

  /** Units of verifying it: its signatures, as many as its size allows, and two hashes. */
  long units() {
    return Budget.SIGNATURE * (certificate.size() / SIGNATURE_SIZE)
        + Budget.HASH * ((header.size() + certificate.size()) / BYTES_PER_UNIT + 2L);
  }
}
