package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Turns an {@link Anchor} into the first {@link StoredHeader}. What an anchor says is trusted, but
 * it must at least agree with itself: links, proof of work, genesis, no less work than it shows.
 *
 * <p>Rejects with {@code budget-exceeded} (before headers are hashed), {@code wrong-chain} (another
 * genesis), {@code bad-prev} (headers that do not link, or a period start that is not theirs),
 * {@code high-hash} (no proof of work) and {@code malformed} (too few headers, a retarget period
 * with gaps, less work than the headers show). Rules: Bitcoin Core {@code src/pow.cpp} and BIP-113.
 */
final class AnchorRules {
  private AnchorRules() {}

  /** Height of the first header of the retarget period that {@code height} is in. */
  static long periodFirst(ChainParameters parameters, long height) {
    return height - height % parameters.difficulty().interval();
  }

  /** Height of the header from which the retarget after {@code height} measures. */
  static long spanStart(ChainParameters parameters, long height) {
    long first = periodFirst(parameters, height);
    return parameters.difficulty().fullPeriodTimespan() && first > 0 ? first - 1 : first;
  }

  /** Whether headers from {@code first} up are enough for median time and minimum difficulty. */
  static boolean reachesFarEnough(
      ChainParameters parameters, long height, long first, BlockHeader firstHeader) {
    boolean median = height - first + 1 >= ChainParameters.MEDIAN_TIME_SPAN;
    boolean real =
        !parameters.difficulty().minDifficultyBlocks() || isReal(parameters, first, firstHeader);
    return median && real;
  }

  private static boolean isReal(ChainParameters parameters, long height, BlockHeader header) {
    return height % parameters.difficulty().interval() == 0
        || header.bits() != parameters.difficulty().powLimitBits();
  }

  static Verdict<StoredHeader> check(Anchor anchor, HeaderRules rules, Budget budget) {
    ChainParameters parameters = rules.parameters();
    List<BlockHeader> headers = anchor.headers();
    List<BlockHeader> all = new ArrayList<>(headers);
    anchor.periodFirst().ifPresent(all::add);
    anchor.spanStart().ifPresent(all::add);
    if (!budget.charge(all.size() * parameters.powHash().units())) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, all.size() + " anchor headers");
    }
    long first = anchor.height() - headers.size() + 1;
    if (first == 0 && !headers.getFirst().equals(parameters.genesis())) {
      return Verdict.reject(RejectionCode.WRONG_CHAIN, "not the genesis of " + parameters.id());
    }
    for (int i = 1; i < headers.size(); i++) {
      if (!headers.get(i).previous().equals(headers.get(i - 1).id())) {
        return Verdict.reject(RejectionCode.BAD_PREV, "anchor header " + (first + i));
      }
    }
    for (BlockHeader header : all) {
      if (!rules.hasProofOfWork(header)) {
        return Verdict.reject(RejectionCode.HIGH_HASH, "anchor header " + header);
      }
    }
    if (first > 0 && !reachesFarEnough(parameters, anchor.height(), first, headers.getFirst())) {
      return Verdict.reject(RejectionCode.MALFORMED, "too few anchor headers");
    }
    return checkPeriod(anchor, parameters).then(period -> checkWork(anchor, parameters, period));
  }

  private record Period(BlockHeader first, BlockHeader spanStart) {}

  private static Verdict<Period> checkPeriod(Anchor anchor, ChainParameters parameters) {
    long firstHeight = periodFirst(parameters, anchor.height());
    long startHeight = spanStart(parameters, anchor.height());
    Optional<BlockHeader> firstListed = anchor.at(firstHeight);
    Optional<BlockHeader> startListed =
        startHeight == firstHeight ? Optional.empty() : anchor.at(startHeight);
    boolean startElsewhere = startHeight != firstHeight && startListed.isEmpty();
    if (firstListed.isPresent() == anchor.periodFirst().isPresent()
        || startElsewhere != anchor.spanStart().isPresent()) {
      return Verdict.reject(
          RejectionCode.MALFORMED, "each header of the retarget period must be there, once");
    }
    BlockHeader first = firstListed.or(anchor::periodFirst).orElseThrow();
    BlockHeader start = startListed.or(anchor::spanStart).orElse(first);
    if (startHeight != firstHeight && !first.previous().equals(start.id())) {
      return Verdict.reject(RejectionCode.BAD_PREV, "start of the retarget period");
    }
    return Verdict.accept(new Period(first, start));
  }

  private static Verdict<StoredHeader> checkWork(
      Anchor anchor, ChainParameters parameters, Period period) {
    BigInteger shown = BigInteger.ZERO;
    for (BlockHeader header : anchor.headers()) {
      shown = shown.add(CompactTarget.work(CompactTarget.decode(header.bits()).orElseThrow()));
    }
    boolean whole = anchor.headers().size() == anchor.height() + 1;
    int order = anchor.chainWork().compareTo(shown);
    if (whole ? order != 0 : order <= 0) {
      return Verdict.reject(RejectionCode.MALFORMED, "chain work is not what the headers show");
    }
    List<BlockHeader> headers = anchor.headers();
    int from = Math.max(0, headers.size() - ChainParameters.MEDIAN_TIME_SPAN);
    List<Long> times =
        headers.subList(from, headers.size()).stream().map(BlockHeader::time).toList();
    return Verdict.accept(
        new StoredHeader(
            headers.getLast(),
            anchor.height(),
            anchor.chainWork(),
            times,
            period.spanStart().time(),
            period.first().bits(),
            lastRealBits(anchor, parameters)));
  }

  private static long lastRealBits(Anchor anchor, ChainParameters parameters) {
    List<BlockHeader> headers = anchor.headers();
    for (int back = 0; back < headers.size(); back++) {
      BlockHeader header = headers.get(headers.size() - 1 - back);
      if (isReal(parameters, anchor.height() - back, header)) {
        return header.bits();
      }
    }
    return parameters.difficulty().powLimitBits();
  }
}
