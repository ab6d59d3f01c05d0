package dev.trestle.lightclient.fabric.protos;

import dev.trestle.base.Bytes;
import dev.trestle.proofs.protobuf.ProtoWriter;

/**
 * {@code msp.SerializedIdentity}.
 *
 * @param certificate PEM
 */
public record SerializedIdentity(String msp, Bytes certificate) {
  public static SerializedIdentity decode(Bytes encoded) {
    ProtoFields in = ProtoFields.parse(encoded);
    return new SerializedIdentity(in.text(1), in.bytes(2));
  }

  public Bytes encode() {
    return new ProtoWriter().text(1, msp).bytes(2, certificate).toBytes();
  }
}
