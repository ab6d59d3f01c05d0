package dev.trestle.lightclient.bitcoin.vectors;

import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import dev.trestle.lightclient.bitcoin.ChainParameters;
import dev.trestle.lightclient.bitcoin.CompactTarget;
import dev.trestle.lightclient.bitcoin.HeaderCheckpoints;
import dev.trestle.lightclient.bitcoin.HeaderRules;
import dev.trestle.lightclient.bitcoin.StoredHeader;
import dev.trestle.lightclient.vectors.Outcome;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/**
 * A run of consecutive headers of a real network. One that starts at genesis is checked in full. Of
 * one that starts higher, the first {@value #TRUSTED} headers are the anchor: they must link and
 * have proof of work. Where neither the run nor a checkpoint shows the first header of the retarget
 * period that the run starts in, the first retarget can only be checked to be within its bounds.
 */
final class RealRun {
  private static final int TRUSTED = ChainParameters.MEDIAN_TIME_SPAN;
  private static final BigInteger FOUR = BigInteger.valueOf(4);

  private final ChainParameters network;
  private final long first;
  private final List<BlockHeader> headers;
  private final HeaderRules rules;

  /**
   * @param first height of the first header
   */
  RealRun(ChainParameters network, long first, List<BlockHeader> headers) {
    if (headers.isEmpty()) {
      throw new DecodeException("no headers");
    }
    this.network = network;
    this.first = first;
    this.headers = headers;
    this.rules = new HeaderRules(network);
  }

  Outcome verify() {
    if (first == 0) {
      if (!headers.getFirst().equals(network.genesis())) {
        return Outcome.rejected(RejectionCode.WRONG_CHAIN, "not the genesis of " + network.id());
      }
      FollowedChain chain = FollowedChain.atGenesis(network);
      return headers.size() == 1
          ? Outcome.ok()
          : finish(chain, chain.feed(headers.subList(1, headers.size())));
    }
    int trusted = Math.min(TRUSTED, headers.size());
    for (int i = 0; i < trusted; i++) {
      if (i > 0 && !headers.get(i).previous().equals(headers.get(i - 1).id())) {
        return Outcome.rejected(RejectionCode.BAD_PREV, "header " + (first + i));
      }
      if (!rules.hasProofOfWork(headers.get(i))) {
        return Outcome.rejected(RejectionCode.HIGH_HASH, "header " + (first + i));
      }
    }
    return trusted == headers.size() ? Outcome.ok() : follow(trusted);
  }

  private Outcome follow(int trusted) {
    int interval = network.difficulty().interval();
    long anchorHeight = first + trusted - 1;
    long period = anchorHeight - anchorHeight % interval;
    Optional<BlockHeader> start = header(period);
    if (start.isPresent() && !network.difficulty().fullPeriodTimespan()) {
      FollowedChain chain =
          FollowedChain.at(network, anchor(trusted, start.get().time(), start.get().bits()));
      return finish(chain, chain.feed(headers.subList(trusted, headers.size())));
    }
    int boundary = (int) Math.min(headers.size(), period + interval - first);
    BlockHeader anchor = headers.get(trusted - 1);
    Outcome outcome = Outcome.ok();
    if (boundary > trusted) {
      // No retarget is in this part, so that it does not matter when the period began.
      outcome =
          FollowedChain.at(network, anchor(trusted, anchor.time(), anchor.bits()))
              .feed(headers.subList(trusted, boundary));
    }
    return outcome.accepted() && boundary < headers.size() ? afterRetarget(boundary) : outcome;
  }

  /** Trusts the header at {@code boundary} to be the right one within what a retarget may do. */
  private Outcome afterRetarget(int boundary) {
    BlockHeader last = headers.get(boundary - 1);
    BlockHeader next = headers.get(boundary);
    BigInteger before = target(last);
    BigInteger after = target(next);
    if (!next.previous().equals(last.id())) {
      return Outcome.rejected(RejectionCode.BAD_PREV, "header " + (first + boundary));
    }
    if (!rules.hasProofOfWork(next)) {
      return Outcome.rejected(RejectionCode.HIGH_HASH, "header " + (first + boundary));
    }
    if (after.compareTo(before.multiply(FOUR)) > 0
        || after.multiply(FOUR).add(FOUR.shiftLeft(240)).compareTo(before) < 0) {
      return Outcome.rejected(RejectionCode.BAD_DIFFBITS, "header " + (first + boundary));
    }
    if (boundary + 1 == headers.size()) {
      return Outcome.ok();
    }
    boolean full = network.difficulty().fullPeriodTimespan();
    FollowedChain chain =
        FollowedChain.at(
            network, anchor(boundary + 1, full ? last.time() : next.time(), next.bits()));
    return finish(chain, chain.feed(headers.subList(boundary + 1, headers.size())));
  }

  private static BigInteger target(BlockHeader header) {
    return CompactTarget.decode(header.bits()).orElse(BigInteger.ZERO);
  }

  /** The last of the first {@code count} headers with its context. */
  private StoredHeader anchor(int count, long spanStart, long periodBits) {
    List<BlockHeader> known = headers.subList(Math.max(0, count - TRUSTED), count);
    long limit = network.difficulty().powLimitBits();
    long real =
        known.reversed().stream()
            .mapToLong(BlockHeader::bits)
            .filter(bits -> bits != limit)
            .findFirst()
            .orElse(limit);
    return new StoredHeader(
        known.getLast(),
        first + count - 1,
        BigInteger.ONE,
        known.stream().map(BlockHeader::time).toList(),
        spanStart,
        periodBits,
        network.difficulty().minDifficultyBlocks() ? real : known.getLast().bits());
  }

  private Optional<BlockHeader> header(long height) {
    return height >= first
        ? Optional.of(headers.get((int) (height - first)))
        : HeaderCheckpoints.of(network).flatMap(known -> known.header(height));
  }

  /**
   * The tip must be the run's last header; it and every 2,016th must be those of the checkpoints.
   */
  private Outcome finish(FollowedChain chain, Outcome outcome) {
    Checks checks =
        Checks.after(outcome)
            .same("tip", headers.getLast().id(), chain.tip())
            .same("height", first + headers.size() - 1, chain.height());
    Optional<HeaderCheckpoints> known = HeaderCheckpoints.of(network);
    for (int i = 0; i < headers.size(); i++) {
      long height = first + i;
      BlockHeader header = headers.get(i);
      known
          .flatMap(checkpoints -> checkpoints.header(height))
          .ifPresent(stated -> checks.same("header " + height, stated, header));
    }
    return checks.outcome();
  }
}
