package dev.trestle.lightclient.fabric.protos;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.proofs.protobuf.ProtoReader;
import dev.trestle.proofs.protobuf.ProtoWriter;
import java.util.List;
import java.util.OptionalLong;

/**
 * {@code common.Metadata} with the orderers' signatures.
 *
 * @param value encoded {@code OrdererBlockMetadata}; every signature covers it
 */
public record BlockSignatures(Bytes value, List<Signature> signatures) {
  /** Most signatures of a block. */
  public static final int MAX_SIGNATURES = 256;

  private static final int MAX_BYTES = 16_384;

  public BlockSignatures {
    signatures = List.copyOf(signatures);
  }

  /**
   * {@code common.MetadataSignature}.
   *
   * @param signatureHeader encoded {@link SignatureHeader}; empty where a number names the signer
   * @param identifierHeader encoded {@code IdentifierHeader}; empty where an identity signs
   */
  public record Signature(Bytes signatureHeader, Bytes signature, Bytes identifierHeader) {
    private static Signature read(ProtoReader in) {
      return new Signature(in.bytes(1, MAX_BYTES), in.bytes(2, MAX_BYTES), in.bytes(3, MAX_BYTES));
    }

    private void write(ProtoWriter out) {
      out.bytes(1, signatureHeader).bytes(2, signature).bytes(3, identifierHeader);
    }

    /** The number of the consenter, where one signs. */
    public long identifier() {
      return ProtoFields.parse(identifierHeader).varint(1);
    }
  }

  /**
   * @throws DecodeException if it is not in the form that canonical encoders write
   */
  public static BlockSignatures decode(Bytes encoded) {
    return ProtoReader.decode(
        encoded,
        in ->
            new BlockSignatures(
                in.bytes(1, MAX_BYTES), in.messages(2, MAX_SIGNATURES, Signature::read)));
  }

  public Bytes encode() {
    ProtoWriter out = new ProtoWriter().bytes(1, value);
    signatures.forEach(each -> out.message(2, each::write));
    return out.toBytes();
  }

  /** The number of the configuration in force after the block; empty before Fabric 1.4.1. */
  public OptionalLong lastConfig() {
    ProtoFields fields = ProtoFields.parse(value);
    if (!fields.has(1)) {
      return OptionalLong.empty();
    }
    long index = fields.message(1).varint(1);
    if (index < 0) {
      throw new DecodeException("configuration " + index);
    }
    return OptionalLong.of(index);
  }
}
