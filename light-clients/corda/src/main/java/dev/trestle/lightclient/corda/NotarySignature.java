package dev.trestle.lightclient.corda;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import java.util.Optional;

/**
 * A signature of one of the notary's keys ({@code TransactionSignature}): {@code u16 place | u32
 * platformVersion | u8 scheme | optional tree batch | bytes signature}.
 *
 * @param place number of the key among all of the notary's key, from the left
 * @param platformVersion of the signed metadata
 * @param scheme of the signed metadata
 * @param batch the tree of a batch that was signed in one, cut to this transaction
 * @param signature at most {@link #MAX_SIZE} bytes
 */
public record NotarySignature(
    int place,
    long platformVersion,
    SignatureScheme scheme,
    Optional<PartialTree> batch,
    Bytes signature) {
  /** Largest signature in bytes: RSA of 8,192 bits. */
  public static final int MAX_SIZE = 1_024;

  void write(CanonicalWriter out) {
    out.u16(place).u32(platformVersion).u8(scheme.id()).bool(batch.isPresent());
    batch.ifPresent(tree -> tree.write(out));
    out.bytes(signature);
  }

  static NotarySignature read(CanonicalReader in) {
    return new NotarySignature(
        in.u16(),
        in.u32(),
        SignatureScheme.of(in.u8()),
        in.optional(PartialTree::read),
        in.bytes(MAX_SIZE));
  }
}
