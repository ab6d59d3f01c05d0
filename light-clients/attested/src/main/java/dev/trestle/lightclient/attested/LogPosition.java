package dev.trestle.lightclient.attested;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.Claim;
import dev.trestle.proofs.evm.EvmLog;
import java.util.List;

/**
 * Where a log stands: the path of a {@link Claim} of this family.
 *
 * <p>Canonical bytes: {@code u8 version = 1 | u64 height | 20 bytes emitter | u32 transactionIndex
 * | u32 logIndex}. The claim's value is {@link EvmLog#encode()}; its proof is a list (u32 count,
 * each with a u32 length) of the trie nodes from the receipts root down.
 *
 * @param emitter the contract, 20 bytes
 * @param transactionIndex within the block
 * @param logIndex within the receipt, not within the block
 */
public record LogPosition(long height, Bytes emitter, long transactionIndex, long logIndex) {
  private static final int VERSION = 1;
  private static final int ADDRESS = 20;
  private static final int MAX_NODES = 16;

  public LogPosition {
    if (emitter.size() != ADDRESS) {
      throw new IllegalArgumentException("an emitter has 20 bytes, not " + emitter.size());
    }
  }

  public Bytes encode() {
    return new CanonicalWriter()
        .u8(VERSION)
        .u64(height)
        .fixed(emitter)
        .u32(transactionIndex)
        .u32(logIndex)
        .toBytes();
  }

  /**
   * @throws DecodeException unless {@code encoded} is exactly the canonical form of a position
   */
  public static LogPosition decode(Bytes encoded) {
    return CanonicalReader.decode(
        encoded,
        in -> {
          int version = in.u8();
          if (version != VERSION) {
            throw new DecodeException("path version " + version);
          }
          return new LogPosition(in.u64(), in.fixed(ADDRESS), in.u32(), in.u32());
        });
  }

  /** The claim that {@code log} stands here. */
  public Claim claim(EvmLog log, List<Bytes> receiptProof) {
    Bytes proof = new CanonicalWriter().list(receiptProof, CanonicalWriter::bytes).toBytes();
    return new Claim(encode(), log.encode(), proof);
  }

  static List<Bytes> decodeProof(Bytes proof) {
    return CanonicalReader.decode(
        proof, in -> in.list(MAX_NODES, item -> item.bytes(Claim.MAX_PROOF)));
  }
}
