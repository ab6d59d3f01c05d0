package dev.trestle.lightclient.fabric.protos;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.proofs.protobuf.ProtoReader;
import dev.trestle.proofs.protobuf.ProtoWriter;
import java.math.BigInteger;

/**
 * {@code common.BlockHeader}. Its hash is that of ASN.1, not of protobuf ({@code
 * protoutil.BlockHeaderBytes}).
 *
 * @param number of the block, from 0
 * @param previousHash empty in a genesis block, else 32 bytes
 * @param dataHash 32 bytes
 */
public record BlockHeader(long number, Bytes previousHash, Bytes dataHash) {
  private static final int SEQUENCE = 0x30;
  private static final int INTEGER = 0x02;
  private static final int OCTET_STRING = 0x04;

  public BlockHeader {
    boolean genesis = number == 0 && previousHash.isEmpty();
    if (number < 0 || dataHash.size() != Hash32.SIZE) {
      throw new DecodeException("not a block header");
    }
    if (!genesis && previousHash.size() != Hash32.SIZE) {
      throw new DecodeException("a previous hash of " + previousHash.size() + " bytes");
    }
  }

  /** In the only form that canonical encoders write. */
  static BlockHeader read(ProtoReader in) {
    return new BlockHeader(in.varint(1), in.bytes(2, Hash32.SIZE), in.bytes(3, Hash32.SIZE));
  }

  static BlockHeader read(ProtoFields in) {
    return new BlockHeader(in.varint(1), in.bytes(2), in.bytes(3));
  }

  void write(ProtoWriter out) {
    out.varint(1, number).bytes(2, previousHash).bytes(3, dataHash);
  }

  /** {@code SEQUENCE { INTEGER number, OCTET STRING previous_hash, OCTET STRING data_hash }}. */
  public Bytes asn1() {
    Bytes content =
        Bytes.concat(
            value(INTEGER, Bytes.wrap(BigInteger.valueOf(number).toByteArray())),
            value(OCTET_STRING, previousHash),
            value(OCTET_STRING, dataHash));
    return value(SEQUENCE, content);
  }

  /** All lengths are below 128. */
  private static Bytes value(int tag, Bytes content) {
    return Bytes.concat(Bytes.wrap(new byte[] {(byte) tag, (byte) content.size()}), content);
  }

  public Hash32 hash() {
    return Digests.sha256(asn1());
  }

  public Hash32 dataRoot() {
    return new Hash32(dataHash);
  }
}
