package dev.trestle.relay.consensus;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;

/**
 * Header of a relay-chain block, version 1 of the wire format: 398 bytes, no optional part. Round,
 * proposer and signatures are not in it, so a block that is proposed again keeps its id.
 *
 * @param chainId keccak256 of the genesis document
 * @param height from 1
 * @param timeMs milliseconds since the Unix epoch
 * @param parentId id of the block before; of block 1 the chain id
 * @param epoch from 0
 * @param validatorsHash the set that certifies this block
 * @param nextValidatorsHash the set that certifies the next block
 * @param txRoot see {@link Block#txRoot}
 * @param stateRoot state after this block
 * @param outboxRoot packets that this block emits
 * @param historyRoot ids of all blocks before this one
 * @param lastCommitHash keccak256 of the parent's certificate in the block; zero in block 1
 * @param evidenceRoot see {@link Block#evidenceRoot}
 * @param builder who built the block
 */
public record RelayHeader(
    Hash32 chainId,
    long height,
    long timeMs,
    Hash32 parentId,
    long epoch,
    Hash32 validatorsHash,
    Hash32 nextValidatorsHash,
    Hash32 txRoot,
    Hash32 stateRoot,
    Hash32 outboxRoot,
    Hash32 historyRoot,
    Hash32 lastCommitHash,
    Hash32 evidenceRoot,
    EvmAddress builder) {
  public static final int VERSION = 1;

  /** Bytes of an encoded header. */
  public static final int SIZE = 398;

  public RelayHeader {
    if (height < 1 || timeMs < 0 || epoch < 0) {
      throw new IllegalArgumentException("height, time or epoch out of range");
    }
  }

  /** keccak256 of {@link #encode()}. */
  public Hash32 id() {
    return Digests.keccak256(encode());
  }

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter();
    write(out);
    return out.toBytes();
  }

  /** Rejects every other length, version or non-zero reserved field as malformed. */
  public static Verdict<RelayHeader> decode(Bytes encoded) {
    return Decoding.verdict(encoded, SIZE, RelayHeader::read);
  }

  void write(CanonicalWriter out) {
    out.u16(VERSION).hash(chainId).u64(height).u64(timeMs).hash(parentId).u64(epoch);
    out.hash(validatorsHash).hash(nextValidatorsHash).hash(txRoot).hash(stateRoot);
    out.hash(outboxRoot).hash(historyRoot).hash(lastCommitHash).hash(evidenceRoot);
    out.fixed(builder.bytes()).hash(Hash32.ZERO);
  }

  static RelayHeader read(CanonicalReader in) {
    if (in.u16() != VERSION) {
      throw new DecodeException("unknown header version");
    }
    RelayHeader header =
        new RelayHeader(
            in.hash(),
            in.u64(),
            in.u64(),
            in.hash(),
            in.u64(),
            in.hash(),
            in.hash(),
            in.hash(),
            in.hash(),
            in.hash(),
            in.hash(),
            in.hash(),
            in.hash(),
            new EvmAddress(in.fixed(EvmAddress.SIZE)));
    if (!in.hash().isZero()) {
      throw new DecodeException("the reserved field is not zero");
    }
    return header;
  }
}
