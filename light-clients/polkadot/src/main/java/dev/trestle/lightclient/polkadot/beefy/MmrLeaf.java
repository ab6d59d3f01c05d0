package dev.trestle.lightclient.polkadot.beefy;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.polkadot.ScaleReader;
import dev.trestle.lightclient.polkadot.ScaleWriter;

/**
 * A leaf of the mountain range ({@code sp_consensus_beefy::mmr::MmrLeaf}), made in each block: 113
 * bytes, so that no inner node, of 64, passes for one.
 *
 * @param version major version in the upper three bits; only {@link #VERSION} is read
 * @param parentNumber number of the block before
 * @param nextSet the validators after the next change
 * @param parachainHeads {@link BinaryMerkle} root over {@code (paraId u32, head bytes)}
 */
public record MmrLeaf(
    int version,
    long parentNumber,
    Hash32 parentHash,
    ValidatorSet nextSet,
    Hash32 parachainHeads) {
  public static final int VERSION = 0;
  static final int SIZE = 113;

  /**
   * @throws dev.trestle.base.DecodeException if these are not the bytes of one leaf
   */
  public static MmrLeaf decode(Bytes encoded) {
    return ScaleReader.decode(encoded, MmrLeaf::read);
  }

  private static MmrLeaf read(ScaleReader in) {
    return new MmrLeaf(
        in.u8(), in.u32(), in.hash(), new ValidatorSet(in.u64(), in.u32(), in.hash()), in.hash());
  }

  public Bytes encode() {
    return new ScaleWriter()
        .u8(version)
        .u32(parentNumber)
        .hash(parentHash)
        .u64(nextSet.id())
        .u32(nextSet.length())
        .hash(nextSet.root())
        .hash(parachainHeads)
        .toBytes();
  }

  /** Keccak-256 of the encoding: the leaf's node. */
  public Hash32 hash() {
    return Digests.keccak256(encode());
  }
}
