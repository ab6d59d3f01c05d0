package dev.trestle.lightclient.cometbft;

import dev.trestle.base.Bytes;
import dev.trestle.proofs.protobuf.ProtoReader;
import dev.trestle.proofs.protobuf.ProtoWriter;

/**
 * What a block is called: hash of the header, and count and root of the parts in which it is sent.
 *
 * @param hash empty or 32 bytes
 * @param parts number of parts
 * @param partsHash empty or 32 bytes
 */
public record BlockId(Bytes hash, long parts, Bytes partsHash) {
  /** Of no block. */
  public static final BlockId NONE = new BlockId(Bytes.EMPTY, 0, Bytes.EMPTY);

  private static final long MAX_PARTS = 0xffff_ffffL;

  public BlockId {
    Header.checkHash(hash);
    Header.checkHash(partsHash);
    if (parts < 0 || parts > MAX_PARTS) {
      throw new IllegalArgumentException(parts + " parts");
    }
  }

  static BlockId read(ProtoReader in) {
    Bytes hash = in.bytes(1, Header.HASH_SIZE);
    return in.message(
            2, set -> new BlockId(hash, set.varint(1, MAX_PARTS), set.bytes(2, Header.HASH_SIZE)))
        .orElseGet(() -> new BlockId(hash, 0, Bytes.EMPTY));
  }

  void write(ProtoWriter out) {
    out.bytes(1, hash).message(2, set -> set.varint(1, parts).bytes(2, partsHash));
  }
}
