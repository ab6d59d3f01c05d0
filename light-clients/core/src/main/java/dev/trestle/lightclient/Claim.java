package dev.trestle.lightclient;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;

/**
 * "Under {@code path} stands {@code value}", with the family's proof. Untrusted until {@link
 * LightClient#membership} accepts it.
 *
 * @param path what is claimed, in the family's form
 * @param value the bytes that are claimed to stand there
 * @param proof block reference and branch, in the family's form
 */
public record Claim(Bytes path, Bytes value, Bytes proof) {
  /** Largest path in bytes. */
  public static final int MAX_PATH = 1_024;

  /** Largest value in bytes: a whole Bitcoin transaction. */
  public static final int MAX_VALUE = 400_000;

  /** Largest proof in bytes. */
  public static final int MAX_PROOF = 256_000;

  public void write(CanonicalWriter out) {
    out.bytes(path).bytes(value).bytes(proof);
  }

  public static Claim read(CanonicalReader in) {
    return new Claim(in.bytes(MAX_PATH), in.bytes(MAX_VALUE), in.bytes(MAX_PROOF));
  }
}
