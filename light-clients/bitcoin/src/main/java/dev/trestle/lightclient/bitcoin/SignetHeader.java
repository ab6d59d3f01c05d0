package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import java.util.List;

/**
 * A header of a signet with what shows that its block solves the challenge (BIP-325): the solution
 * is in the coinbase. Bytes: {@code 80 bytes header | bytes coinbase transaction without witness |
 * list of b32 siblings of the coinbase}.
 *
 * @param coinbase without witness
 * @param siblings on its way to the Merkle root, from the leaf up, wire order
 */
public record SignetHeader(BlockHeader header, Bytes coinbase, List<Hash32> siblings) {
  /** Bytes of the largest coinbase that is taken: nodes would take one of a megabyte. */
  public static final int MAX_COINBASE = 16_384;

  /** Bytes of the largest. */
  public static final int MAX_SIZE =
      BlockHeader.SIZE + 4 + MAX_COINBASE + 4 + MerkleBranch.MAX_DEPTH * Hash32.SIZE;

  public SignetHeader {
    siblings = List.copyOf(siblings);
  }

  /** What a whole block shows. */
  public static SignetHeader of(FullBlock block) {
    return new SignetHeader(
        block.header(),
        block.transactions().getFirst().serializeStripped(),
        MerkleBranch.of(block.txIds(), 0).siblings());
  }

  public Bytes encode() {
    return new CanonicalWriter()
        .fixed(header.raw())
        .bytes(coinbase)
        .list(siblings, CanonicalWriter::hash)
        .toBytes();
  }

  /**
   * @throws dev.trestle.base.DecodeException if these are not the bytes of one
   */
  public static SignetHeader decode(Bytes bytes) {
    return CanonicalReader.decode(
        bytes,
        in ->
            new SignetHeader(
                BlockHeader.of(in.fixed(BlockHeader.SIZE)),
                in.bytes(MAX_COINBASE),
                in.list(MerkleBranch.MAX_DEPTH, CanonicalReader::hash)));
  }
}
