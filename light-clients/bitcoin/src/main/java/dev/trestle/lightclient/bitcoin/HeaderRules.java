package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.RejectionCode;
import java.math.BigInteger;
import java.util.Optional;

/**
 * The consensus rules of one header on top of its parent, in a fixed order: link, target, proof of
 * work, median time, future time, time warp (BIP-94), version floor.
 *
 * <p>Rejects with {@code bad-prev} (does not name the parent), {@code bad-diffbits} (another target
 * than the chain's rule gives), {@code high-hash} (not enough work), {@code time-too-old} (not
 * after the median of eleven, BIP-113), {@code time-timewarp-attack} (BIP-94) and {@code
 * bad-version} (BIP-34, 65, 66); puts off with {@code time-too-new} (more than two hours ahead).
 */
public final class HeaderRules {
  /** Stands for "no clock": the rule against times in the future is left out. */
  public static final long NO_CLOCK = Long.MAX_VALUE;

  private final ChainParameters parameters;
  private final DifficultyRule difficulty;

  public HeaderRules(ChainParameters parameters) {
    this.parameters = parameters;
    this.difficulty = new DifficultyRule(parameters.difficulty());
  }

  public ChainParameters parameters() {
    return parameters;
  }

  /**
   * Accepts {@code header} as child of {@code parent}. A time too far in the future is answered
   * with {@code later}: it will be valid; everything else that is wrong is rejected.
   *
   * @param nowSeconds Unix time, or {@link #NO_CLOCK}
   */
  public Verdict<StoredHeader> check(StoredHeader parent, BlockHeader header, long nowSeconds) {
    if (!header.previous().equals(parent.header().id())) {
      return Verdict.reject(RejectionCode.BAD_PREV, header + " does not follow " + parent.header());
    }
    long bits = header.bits();
    Optional<BigInteger> target = CompactTarget.decode(bits);
    if (target.isEmpty()
        || target.get().compareTo(parameters.difficulty().powLimit()) > 0
        || bits != difficulty.nextBits(parent, header.time())) {
      return Verdict.reject(RejectionCode.BAD_DIFFBITS, Long.toHexString(bits) + " in " + header);
    }
    if (exceeds(parameters.powHash().of(header), target.get())) {
      return Verdict.reject(RejectionCode.HIGH_HASH, header.toString());
    }
    if (header.time() <= parent.medianTimePast()) {
      return Verdict.reject(
          RejectionCode.TIME_TOO_OLD, header.time() + " is not over " + parent.medianTimePast());
    }
    if (header.time() - ChainParameters.MAX_FUTURE_SECONDS > nowSeconds) {
      return Verdict.later(RejectionCode.TIME_TOO_NEW, header.time() + " at " + nowSeconds);
    }
    long height = parent.height() + 1;
    if (parameters.difficulty().bip94()
        && height % parameters.difficulty().interval() == 0
        && header.time() < parent.header().time() - ChainParameters.MAX_TIMEWARP_SECONDS) {
      return Verdict.reject(RejectionCode.TIME_TIMEWARP_ATTACK, header.toString());
    }
    if (header.version() < parameters.versionFloor(height)) {
      return Verdict.reject(
          RejectionCode.BAD_VERSION, "version " + header.version() + " at height " + height);
    }
    BigInteger work = CompactTarget.work(target.get());
    return Verdict.accept(parent.append(header, parameters.difficulty(), work));
  }

  /** Whether a header meets the target it states, and that is a target of this network at all. */
  public boolean hasProofOfWork(BlockHeader header) {
    Optional<BigInteger> target = CompactTarget.decode(header.bits());
    return target.isPresent()
        && target.get().compareTo(parameters.difficulty().powLimit()) <= 0
        && !exceeds(parameters.powHash().of(header), target.get());
  }

  private static boolean exceeds(Hash32 hash, BigInteger target) {
    return new BigInteger(1, hash.bytes().reverse().toArray()).compareTo(target) > 0;
  }
}
