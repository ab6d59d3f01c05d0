package dev.trestle.lightclient.polkadot;

import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.HeaderRef;

/**
 * What a client keeps of a header.
 *
 * @param seconds Unix time that the block's state holds
 */
public record KnownHeader(long number, Hash32 hash, long seconds, Hash32 stateRoot) {
  /** Latest time of a block: the end of the year 9999. */
  public static final long MAX_SECONDS = 253_402_300_799L;

  public KnownHeader {
    if (seconds < 0 || seconds > MAX_SECONDS) {
      throw new IllegalArgumentException("a block of second " + seconds);
    }
  }

  public static KnownHeader of(Header header, long seconds) {
    return new KnownHeader(header.number(), header.hash(), seconds, header.stateRoot());
  }

  public HeaderRef ref() {
    return new HeaderRef(number, hash, seconds);
  }

  public void write(CanonicalWriter out) {
    out.u64(number).hash(hash).u64(seconds).hash(stateRoot);
  }

  public static KnownHeader read(CanonicalReader in) {
    return new KnownHeader(in.u64(), in.hash(), in.u64(), in.hash());
  }
}
