package dev.trestle.lightclient.cometbft;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.proofs.protobuf.ProtoReader;
import dev.trestle.proofs.protobuf.ProtoWriter;

/**
 * {@code ibc.lightclients.tendermint.v1.Header}: a header with what it takes to verify it.
 *
 * @param trustedRevision revision of the chain of the trusted header
 * @param trustedHeight height of the known header by which this one is verified
 * @param trustedValidators validators of the height after the trusted one
 */
public record UpdateHeader(
    SignedHeader signedHeader,
    ValidatorSet validators,
    long trustedRevision,
    long trustedHeight,
    ValidatorSet trustedValidators) {
  /** Largest encoding in bytes: two full sets and their signatures. */
  public static final int MAX_SIZE = 400_000;

  /**
   * @throws DecodeException if it is not exactly one header in its canonical encoding
   */
  public static UpdateHeader decode(Bytes encoded) {
    if (encoded.size() > MAX_SIZE) {
      throw new DecodeException("a header of " + encoded.size() + " bytes");
    }
    return ProtoReader.decode(encoded, UpdateHeader::read);
  }

  private static UpdateHeader read(ProtoReader in) {
    SignedHeader signed = in.required(1, SignedHeader::read);
    ValidatorSet validators = in.required(2, ValidatorSet::read);
    Height trusted = in.required(3, Height::read);
    return new UpdateHeader(
        signed,
        validators,
        trusted.revision(),
        trusted.height(),
        in.required(4, ValidatorSet::read));
  }

  public Bytes encode() {
    return new ProtoWriter()
        .message(1, signedHeader::write)
        .message(2, validators::write)
        .message(3, out -> out.varint(1, trustedRevision).varint(2, trustedHeight))
        .message(4, trustedValidators::write)
        .toBytes();
  }

  private record Height(long revision, long height) {
    static Height read(ProtoReader in) {
      return new Height(in.varint(1, Long.MAX_VALUE), in.varint(2, Long.MAX_VALUE));
    }
  }
}
