package dev.trestle.lightclient.fabric.protos;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.Digests;

/**
 * {@code common.SignatureHeader}.
 *
 * @param creator encoded {@link SerializedIdentity}
 */
public record SignatureHeader(Bytes creator, Bytes nonce) {
  public static SignatureHeader decode(Bytes encoded) {
    ProtoFields in = ProtoFields.parse(encoded);
    return new SignatureHeader(in.bytes(1), in.bytes(2));
  }

  /** {@code protoutil.ComputeTxID}. */
  public String transactionId() {
    return Digests.sha256(nonce, creator).toHex();
  }
}
