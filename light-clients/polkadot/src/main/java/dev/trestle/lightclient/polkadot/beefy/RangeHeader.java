package dev.trestle.lightclient.polkadot.beefy;

import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.polkadot.KnownHeader;

/**
 * What a client keeps of a commitment.
 *
 * @param header of the block before the committed one, which the leaf names
 * @param mmrRoot of the mountain range at the committed block
 * @param parachainHeads root of the heads of parachains in the leaf
 */
public record RangeHeader(KnownHeader header, Hash32 mmrRoot, Hash32 parachainHeads) {
  /** Number of the committed block. */
  public long block() {
    return header.number() + 1;
  }

  void write(CanonicalWriter out) {
    header.write(out);
    out.hash(mmrRoot).hash(parachainHeads);
  }

  static RangeHeader read(CanonicalReader in) {
    return new RangeHeader(KnownHeader.read(in), in.hash(), in.hash());
  }
}
