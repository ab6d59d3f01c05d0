package dev.trestle.lightclient.fabric.protos;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;

/**
 * {@code protos.Endorsement}: a signature over the response and the endorser.
 *
 * @param endorser encoded {@link SerializedIdentity}
 */
public record Endorsement(Bytes endorser, Bytes signature) {
  /** Most endorsements of a response. */
  public static final int MAX = 128;

  private static final int MAX_ENDORSER = 16_384;
  private static final int MAX_SIGNATURE = 256;

  public static Endorsement decode(Bytes encoded) {
    ProtoFields in = ProtoFields.parse(encoded);
    return new Endorsement(in.bytes(1), in.bytes(2));
  }

  public void write(CanonicalWriter out) {
    out.bytes(endorser).bytes(signature);
  }

  public static Endorsement read(CanonicalReader in) {
    return new Endorsement(in.bytes(MAX_ENDORSER), in.bytes(MAX_SIGNATURE));
  }
}
