package dev.trestle.lightclient.ethereum;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.proofs.ssz.SszReader;
import dev.trestle.proofs.ssz.SszRoot;
import dev.trestle.proofs.ssz.SszWriter;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code ExecutionPayloadHeader} of Capella and, with the two blob fields, of Deneb (capella and
 * deneb/beacon-chain.md). Integers are unsigned.
 *
 * @param feeRecipient 20 bytes
 * @param logsBloom 256 bytes
 * @param extraData at most 32 bytes
 * @param blobGasUsed zero before Deneb
 * @param excessBlobGas zero before Deneb
 */
public record ExecutionPayloadHeader(
    Hash32 parentHash,
    Bytes feeRecipient,
    Hash32 stateRoot,
    Hash32 receiptsRoot,
    Bytes logsBloom,
    Hash32 prevRandao,
    long blockNumber,
    long gasLimit,
    long gasUsed,
    long timestamp,
    Bytes extraData,
    BigInteger baseFeePerGas,
    Hash32 blockHash,
    Hash32 transactionsRoot,
    Hash32 withdrawalsRoot,
    long blobGasUsed,
    long excessBlobGas) {
  /** {@code MAX_EXTRA_DATA_BYTES}. */
  public static final int MAX_EXTRA_DATA = 32;

  /** Largest serialised size in bytes. */
  public static final int MAX_SIZE = 584 + MAX_EXTRA_DATA;

  private static final int ADDRESS = 20;
  private static final int BLOOM = 256;

  /** All fields zero or empty. */
  public static final ExecutionPayloadHeader EMPTY =
      new ExecutionPayloadHeader(
          Hash32.ZERO,
          Bytes.wrap(new byte[ADDRESS]),
          Hash32.ZERO,
          Hash32.ZERO,
          Bytes.wrap(new byte[BLOOM]),
          Hash32.ZERO,
          0,
          0,
          0,
          0,
          Bytes.EMPTY,
          BigInteger.ZERO,
          Hash32.ZERO,
          Hash32.ZERO,
          Hash32.ZERO,
          0,
          0);

  public ExecutionPayloadHeader {
    if (feeRecipient.size() != ADDRESS
        || logsBloom.size() != BLOOM
        || extraData.size() > MAX_EXTRA_DATA
        || baseFeePerGas.signum() < 0
        || baseFeePerGas.bitLength() > 256) {
      throw new IllegalArgumentException("not the fields of a payload header");
    }
  }

  boolean hasBlobs() {
    return blobGasUsed != 0 || excessBlobGas != 0;
  }

  /** {@code hash_tree_root} of the 15 fields of Capella or the 17 of Deneb. */
  Hash32 root(boolean withBlobs) {
    return SszRoot.container(fieldRoots(withBlobs).toArray(Hash32[]::new));
  }

  List<Hash32> fieldRoots(boolean withBlobs) {
    List<Hash32> fields = new ArrayList<>(17);
    fields.add(parentHash);
    fields.add(SszRoot.byteVector(feeRecipient));
    fields.add(stateRoot);
    fields.add(receiptsRoot);
    fields.add(SszRoot.byteVector(logsBloom));
    fields.add(prevRandao);
    fields.add(SszRoot.uint64(blockNumber));
    fields.add(SszRoot.uint64(gasLimit));
    fields.add(SszRoot.uint64(gasUsed));
    fields.add(SszRoot.uint64(timestamp));
    fields.add(SszRoot.byteList(extraData, MAX_EXTRA_DATA));
    fields.add(SszRoot.uint256(baseFeePerGas));
    fields.add(blockHash);
    fields.add(transactionsRoot);
    fields.add(withdrawalsRoot);
    if (withBlobs) {
      fields.add(SszRoot.uint64(blobGasUsed));
      fields.add(SszRoot.uint64(excessBlobGas));
    }
    return fields;
  }

  Bytes encode(boolean withBlobs) {
    SszWriter out = new SszWriter();
    out.hash(parentHash).bytes(feeRecipient).hash(stateRoot).hash(receiptsRoot).bytes(logsBloom);
    out.hash(prevRandao).uint64(blockNumber).uint64(gasLimit).uint64(gasUsed).uint64(timestamp);
    out.part(extraData).uint256(baseFeePerGas).hash(blockHash).hash(transactionsRoot);
    out.hash(withdrawalsRoot);
    return withBlobs ? out.uint64(blobGasUsed).uint64(excessBlobGas).toBytes() : out.toBytes();
  }

  static ExecutionPayloadHeader decode(Bytes encoded, boolean withBlobs) {
    return SszReader.decode(encoded, in -> read(in, withBlobs));
  }

  private static ExecutionPayloadHeader read(SszReader in, boolean withBlobs) {
    Hash32 parentHash = in.hash();
    Bytes feeRecipient = in.bytes(ADDRESS);
    Hash32 stateRoot = in.hash();
    Hash32 receiptsRoot = in.hash();
    Bytes logsBloom = in.bytes(BLOOM);
    Hash32 prevRandao = in.hash();
    long blockNumber = in.uint64();
    long gasLimit = in.uint64();
    long gasUsed = in.uint64();
    long timestamp = in.uint64();
    in.offset();
    BigInteger baseFeePerGas = in.uint256();
    Hash32 blockHash = in.hash();
    Hash32 transactionsRoot = in.hash();
    Hash32 withdrawalsRoot = in.hash();
    long blobGasUsed = withBlobs ? in.uint64() : 0;
    long excessBlobGas = withBlobs ? in.uint64() : 0;
    return new ExecutionPayloadHeader(
        parentHash,
        feeRecipient,
        stateRoot,
        receiptsRoot,
        logsBloom,
        prevRandao,
        blockNumber,
        gasLimit,
        gasUsed,
        timestamp,
        in.part(MAX_EXTRA_DATA),
        baseFeePerGas,
        blockHash,
        transactionsRoot,
        withdrawalsRoot,
        blobGasUsed,
        excessBlobGas);
  }
}
