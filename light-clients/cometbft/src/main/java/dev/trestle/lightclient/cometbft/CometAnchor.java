package dev.trestle.lightclient.cometbft;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a client of a CometBFT chain starts from. Encoding: {@code u8 version = 1 | u32 numerator |
 * u32 denominator | u64 trustingPeriod | u64 unbondingPeriod | u64 maxClockDrift | bytes header},
 * periods in seconds, the header in protobuf. The chain is the header's.
 *
 * @param unbondingPeriod during which stake can still be slashed
 * @param header trusted by whoever registers the chain
 */
public record CometAnchor(TrustOptions options, Duration unbondingPeriod, Header header) {
  private static final int VERSION = 1;
  private static final int MAX_HEADER = 2_000;
  private static final Pattern REVISION = Pattern.compile(".*[^-]-([1-9][0-9]{0,17})");

  public CometAnchor {
    if (options.trustingPeriod().compareTo(unbondingPeriod) >= 0) {
      throw new IllegalArgumentException("trust beyond the unbonding period");
    }
    if (!isWholeSeconds(options.trustingPeriod())
        || !isWholeSeconds(unbondingPeriod)
        || !isWholeSeconds(options.maxClockDrift())) {
      throw new IllegalArgumentException("periods are whole seconds");
    }
    if (header.chainId().isEmpty()) {
      throw new IllegalArgumentException("a chain has an id");
    }
    KnownHeader.check(header);
  }

  private static boolean isWholeSeconds(Duration duration) {
    return duration.equals(Duration.ofSeconds(duration.toSeconds()));
  }

  /**
   * @throws DecodeException if it is no anchor
   */
  public static CometAnchor decode(Bytes encoded) {
    return CanonicalReader.decode(encoded, CometAnchor::read);
  }

  private static CometAnchor read(CanonicalReader in) {
    int version = in.u8();
    if (version != VERSION) {
      throw new DecodeException("anchor version " + version);
    }
    TrustLevel level = new TrustLevel(in.u32(), in.u32());
    Duration trusting = Duration.ofSeconds(in.u64());
    Duration unbonding = Duration.ofSeconds(in.u64());
    Duration drift = Duration.ofSeconds(in.u64());
    return new CometAnchor(
        new TrustOptions(level, trusting, drift), unbonding, Header.decode(in.bytes(MAX_HEADER)));
  }

  public Bytes encode() {
    return new CanonicalWriter()
        .u8(VERSION)
        .u32(options.level().numerator())
        .u32(options.level().denominator())
        .u64(options.trustingPeriod().toSeconds())
        .u64(unbondingPeriod.toSeconds())
        .u64(options.maxClockDrift().toSeconds())
        .bytes(header.encode())
        .toBytes();
  }

  public String chainId() {
    return header.chainId();
  }

  /** The number behind the last hyphen of the chain id (ICS-07 {@code ParseChainID}), or 0. */
  public long revision() {
    return revisionOf(chainId());
  }

  /** See {@link #revision()}. */
  public static long revisionOf(String chainId) {
    Matcher matcher = REVISION.matcher(chainId);
    return matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
  }

  /** Whether two clients follow the same chain by the same rules. */
  boolean sameRules(CometAnchor other) {
    return options.equals(other.options) && unbondingPeriod.equals(other.unbondingPeriod);
  }
}
