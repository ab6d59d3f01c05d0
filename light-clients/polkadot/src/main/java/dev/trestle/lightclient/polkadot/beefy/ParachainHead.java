package dev.trestle.lightclient.polkadot.beefy;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.polkadot.ScaleWriter;

/**
 * A leaf of the tree of parachain heads: SCALE of {@code (paraId u32, head bytes)}.
 *
 * @param head the parachain's header, encoded as that chain does it
 */
public record ParachainHead(long paraId, Bytes head) {
  /** Largest head in bytes ({@code MAX_HEAD_DATA_SIZE} is 1 MiB; real heads have under 1 kB). */
  public static final int MAX_HEAD = 100_000;

  /** Keccak-256 of the encoding. */
  public Hash32 hash() {
    return Digests.keccak256(encode());
  }

  Bytes encode() {
    return new ScaleWriter().u32(paraId).bytes(head).toBytes();
  }
}
