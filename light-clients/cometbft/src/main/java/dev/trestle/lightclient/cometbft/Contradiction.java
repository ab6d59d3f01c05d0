package dev.trestle.lightclient.cometbft;

import dev.trestle.base.Hash32;
import java.time.Instant;

/** What two verified headers must have in common to prove that a chain broke. */
public final class Contradiction {
  private Contradiction() {}

  /** See {@link #between(long, Hash32, Instant, long, Hash32, Instant)}. */
  public static boolean between(Header one, Header other) {
    return between(
        one.height(), one.hash(), one.time(), other.height(), other.hash(), other.time());
  }

  /**
   * Whether no chain holds both headers: another block at the same height (a fork, or validators
   * that sign twice), or a higher block that is not later (a violation of BFT time).
   */
  static boolean between(
      long height, Hash32 hash, Instant time, long height2, Hash32 hash2, Instant time2) {
    if (height == height2) {
      return !hash.equals(hash2);
    }
    return height < height2 ? !time2.isAfter(time) : !time.isAfter(time2);
  }
}
