package dev.trestle.lightclient.xrpl;

import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;

/**
 * Which network a client follows and how long it trusts. Encoding: {@code u32 networkId | publisher
 * 33 | u64 trustingPeriod | u64 maxClockDrift}, in seconds.
 *
 * @param networkId names the network; the main one is 0. No signature of a ledger names it
 * @param publisher master key of the publisher of the list of validators
 * @param trustingPeriod how long a ledger's validators are trusted after its close
 * @param maxClockDrift by which a ledger may be ahead of our clock
 */
public record XrplRules(
    long networkId, XrplKey publisher, long trustingPeriod, long maxClockDrift) {
  /** Longest period in seconds: ten years. */
  public static final long MAX_PERIOD = 315_360_000L;

  public XrplRules {
    if (trustingPeriod < 1 || trustingPeriod > MAX_PERIOD) {
      throw new IllegalArgumentException("trust for " + trustingPeriod + " s");
    }
    if (maxClockDrift < 0 || maxClockDrift > trustingPeriod) {
      throw new IllegalArgumentException("a drift of " + maxClockDrift + " s");
    }
  }

  void write(CanonicalWriter out) {
    out.u32(networkId).fixed(publisher.bytes()).u64(trustingPeriod).u64(maxClockDrift);
  }

  static XrplRules read(CanonicalReader in) {
    return new XrplRules(in.u32(), new XrplKey(in.fixed(XrplKey.SIZE)), in.u64(), in.u64());
  }
}
