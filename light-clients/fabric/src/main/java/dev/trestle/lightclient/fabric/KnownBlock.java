package dev.trestle.lightclient.fabric;

import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.HeaderRef;

/**
 * What the state keeps of a block.
 *
 * @param seconds Unix time at which the client accepted it: a block of Fabric states no time
 */
record KnownBlock(long number, Hash32 hash, long seconds) {
  HeaderRef ref() {
    return new HeaderRef(number, hash, seconds);
  }

  void write(CanonicalWriter out) {
    out.u64(number).hash(hash).u64(seconds);
  }

  static KnownBlock read(CanonicalReader in) {
    return new KnownBlock(in.u64(), in.hash(), in.u64());
  }
}
