package dev.trestle.dist.follow;

import dev.trestle.base.Bytes;
import dev.trestle.base.TimeSource;
import dev.trestle.base.Verdict;
import dev.trestle.cli.CliException;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.VerifiedUpdate;
import dev.trestle.lightclient.cometbft.CometAnchor;
import dev.trestle.lightclient.cometbft.CometCode;
import dev.trestle.lightclient.cometbft.CometFamily;
import dev.trestle.lightclient.cometbft.CometMessages;
import dev.trestle.lightclient.cometbft.Header;
import dev.trestle.lightclient.cometbft.SignedHeader;
import dev.trestle.lightclient.cometbft.UpdateHeader;
import dev.trestle.lightclient.cometbft.ValidatorSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A CometBFT chain, either header by header, or straight to the newest one with as few between as
 * trust needs ("skipping", by bisection). Every block that is verified is final.
 */
final class CometFollow implements Follow {
  /** Bytes of headers in one message: there is room for one more. */
  private static final int BATCH_BYTES = CometMessages.MAX_SIZE - 2 * UpdateHeader.MAX_SIZE;

  /** Work of one message: its bytes, and every signature of {@code MAX_HEADERS} large commits. */
  private static final long WORK =
      CometMessages.MAX_SIZE
          + 2L * CometMessages.MAX_HEADERS * ValidatorSet.MAX_VALIDATORS * Budget.SIGNATURE;

  private final CometSource source;
  private final ClientMemory memory;
  private final long revision;
  private final boolean skipping;
  private ValidatorSet lastValidators;
  private long verified;
  private long best;

  /**
   * @param skipping to leave out headers where trust reaches further
   * @throws CliException {@code anchor-rejected} with the client's code
   */
  CometFollow(CometSource source, CometAnchor anchor, boolean skipping, TimeSource time) {
    this.source = source;
    this.memory = new ClientMemory(new CometFamily().client(), anchor.encode(), WORK, time);
    this.revision = anchor.revision();
    this.skipping = skipping;
    this.lastValidators = new ValidatorSet(List.of());
    this.best = memory.head().height();
  }

  @Override
  public boolean step() {
    best = Math.max(best, source.latest());
    long known = memory.head().height();
    if (best <= known) {
      return false;
    }
    if (skipping) {
      skip(best);
    } else {
      next(known, best);
    }
    return true;
  }

  /** As many headers in a row as one message holds. */
  private void next(long known, long to) {
    List<Bytes> batch = new ArrayList<>();
    int size = 0;
    Bytes before = memory.head().id().bytes();
    long height = known;
    while (height < to && batch.size() < CometMessages.MAX_HEADERS && size < BATCH_BYTES) {
      height++;
      SignedHeader signed = source.signedHeader(height);
      if (!signed.header().lastBlockId().hash().equals(before)) {
        throw ClientMemory.no(
            "header-rejected", RejectionCode.BAD_PREV, "block " + height + " follows another one");
      }
      before = signed.header().hash().bytes();
      ValidatorSet validators = validators(signed.header());
      Bytes header =
          new UpdateHeader(signed, validators, revision, height - 1, validators).encode();
      batch.add(header);
      size += header.size();
    }
    memory.update(memory.client().encodeUpdate(batch));
    verified += batch.size();
  }

  /** The header at {@code to}; when trust does not reach it, first the one halfway. */
  private void skip(long to) {
    long target = to;
    while (memory.head().height() < to) {
      long known = memory.head().height();
      SignedHeader signed = source.signedHeader(target);
      UpdateHeader header =
          new UpdateHeader(
              signed, validators(signed.header()), revision, known, source.validators(known + 1));
      Verdict<VerifiedUpdate> verdict =
          memory.verify(memory.client().encodeUpdate(List.of(header.encode())));
      if (verdict instanceof Verdict.Rejected<VerifiedUpdate>(var reason, var _)
          && reason == CometCode.NOT_ENOUGH_TRUST
          && target > known + 1) {
        target = known + (target - known) / 2;
        continue;
      }
      memory.apply(ClientMemory.accepted("header-rejected", verdict));
      verified++;
      target = to;
    }
  }

  /** Those that the header names, asked for only when they are not those of the header before. */
  private ValidatorSet validators(Header header) {
    if (!lastValidators.hash().bytes().equals(header.validatorsHash())) {
      lastValidators = source.validators(header.height());
    }
    return lastValidators;
  }

  @Override
  public HeaderRef head() {
    return memory.head();
  }

  /** In upper case, as CometBFT writes block hashes. */
  @Override
  public String id() {
    return head().id().toHex().toUpperCase(java.util.Locale.ROOT);
  }

  @Override
  public long verified() {
    return verified;
  }

  @Override
  public Optional<Long> finalized() {
    return Optional.of(head().height());
  }

  @Override
  public long best() {
    return best;
  }
}
