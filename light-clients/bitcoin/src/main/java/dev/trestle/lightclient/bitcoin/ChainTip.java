package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import java.math.BigInteger;

/**
 * The end of the best chain.
 *
 * @param floor lowest height whose header is kept
 */
record ChainTip(Hash32 id, long height, BigInteger chainWork, long floor) {
  private static final int VERSION = 1;

  Bytes encode() {
    return new CanonicalWriter()
        .u8(VERSION)
        .hash(id)
        .u64(height)
        .u256(chainWork)
        .u64(floor)
        .toBytes();
  }

  static ChainTip decode(Bytes record) {
    return CanonicalReader.decode(
        record,
        in -> {
          if (in.u8() != VERSION) {
            throw new DecodeException("unknown version of a chain tip");
          }
          return new ChainTip(in.hash(), in.u64(), in.u256(), in.u64());
        });
  }
}
