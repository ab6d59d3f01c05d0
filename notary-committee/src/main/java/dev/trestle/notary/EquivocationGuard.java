package dev.trestle.notary;

import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers for ever what a member has signed, on the disk before the signature leaves: one block a
 * height, one plan a release and one plan a coin. Signing the same thing again is allowed. Safe to
 * call from any thread; one process at a time.
 */
public final class EquivocationGuard implements AutoCloseable {
  private final GuardLog log;
  private final Map<Place, Hash32> headers = new HashMap<>();
  private final Map<Hash32, Hash32> plans = new HashMap<>();
  private final Map<Coin, Hash32> coins = new HashMap<>();

  private record Place(ChainId chain, long epoch, long height) {}

  private record Coin(ChainId chain, GuardRecord.Outpoint outpoint) {}

  private EquivocationGuard(GuardLog.Opened opened) {
    this.log = opened.log();
    for (Bytes record : opened.records()) {
      remember(decode(record));
    }
  }

  /**
   * Starts an empty guard. Done once, when the member's key is made: a guard that is missing later
   * is a reason to stop and not to start anew.
   *
   * @param custodyKey the member's x-only custody key
   * @throws TrestleException if there is or was one
   */
  public static void create(Path file, Hash32 hubId, Hash32 custodyKey) {
    GuardLog.create(file, owner(hubId, custodyKey));
  }

  /**
   * @throws TrestleException if it is missing, in use, another member's, changed, or older than its
   *     mark
   */
  public static EquivocationGuard open(Path file, Hash32 hubId, Hash32 custodyKey) {
    GuardLog.Opened opened = GuardLog.open(file, owner(hubId, custodyKey));
    try {
      return new EquivocationGuard(opened);
    } catch (TrestleException e) {
      opened.log().close();
      throw e;
    }
  }

  /** The block that the member attested at a height. */
  public synchronized Optional<Hash32> attested(ChainId chain, long epoch, long height) {
    return Optional.ofNullable(headers.get(new Place(chain, epoch, height)));
  }

  /** Binds the member to a block; rejects another block at a height that it is bound at. */
  synchronized Verdict<GuardRecord.Header> bind(GuardRecord.Header header) {
    Hash32 before = headers.get(new Place(header.chain(), header.epoch(), header.height()));
    if (before == null) {
      log.append(header.encode());
      remember(header);
      return Verdict.accept(header);
    }
    return before.equals(header.blockHash())
        ? Verdict.accept(header)
        : Verdict.reject(
            NotaryCode.EQUIVOCATION,
            "height " + header.height() + " of " + header.chain() + " is " + before);
  }

  /** Whether {@link #bind(GuardRecord.Release)} would accept, without writing. */
  synchronized Verdict<GuardRecord.Release> check(GuardRecord.Release release) {
    Hash32 plan = plans.get(release.obligation());
    if (plan != null && !plan.equals(release.planHash())) {
      return Verdict.reject(
          NotaryCode.ALREADY_PLANNED_OTHERWISE, "the same release was signed as " + plan);
    }
    for (GuardRecord.Outpoint outpoint : release.coins()) {
      Hash32 spender = coins.get(new Coin(release.chain(), outpoint));
      if (spender != null && !spender.equals(release.planHash())) {
        return Verdict.reject(
            NotaryCode.COIN_ALREADY_COMMITTED, outpoint + " was signed for " + spender);
      }
    }
    return Verdict.accept(release);
  }

  /** Binds the member to a plan; rejects another one for the release or for one of its coins. */
  synchronized Verdict<GuardRecord.Release> bind(GuardRecord.Release release) {
    Verdict<GuardRecord.Release> verdict = check(release);
    if (verdict.isAccepted() && !plans.containsKey(release.obligation())) {
      log.append(release.encode());
      remember(release);
    }
    return verdict;
  }

  /** The plan that the member signed for an obligation. */
  synchronized Optional<Hash32> planned(Hash32 obligation) {
    return Optional.ofNullable(plans.get(obligation));
  }

  @Override
  public synchronized void close() {
    log.close();
  }

  private void remember(GuardRecord record) {
    boolean consistent =
        switch (record) {
          case GuardRecord.Header(ChainId chain, long epoch, long height, Hash32 blockHash) ->
              same(headers.put(new Place(chain, epoch, height), blockHash), blockHash);
          case GuardRecord.Release release -> rememberRelease(release);
        };
    if (!consistent) {
      throw new TrestleException(NotaryCode.GUARD_CORRUPT, "two records contradict each other");
    }
  }

  private boolean rememberRelease(GuardRecord.Release release) {
    boolean consistent =
        same(plans.put(release.obligation(), release.planHash()), release.planHash());
    for (GuardRecord.Outpoint outpoint : release.coins()) {
      Coin coin = new Coin(release.chain(), outpoint);
      consistent &= same(coins.put(coin, release.planHash()), release.planHash());
    }
    return consistent;
  }

  private static boolean same(@org.jspecify.annotations.Nullable Hash32 before, Hash32 now) {
    return before == null || before.equals(now);
  }

  private static GuardRecord decode(Bytes record) {
    try {
      return GuardRecord.decode(record);
    } catch (DecodeException e) {
      throw new TrestleException(NotaryCode.GUARD_CORRUPT, String.valueOf(e.getMessage()), e);
    }
  }

  /** A guard of one hub must not be used at another: the same heights mean other blocks there. */
  private static Hash32 owner(Hash32 hubId, Hash32 custodyKey) {
    return Digests.tagged("TRESTLE/notary/guard-owner/v1", hubId.bytes(), custodyKey.bytes());
  }

  static List<GuardRecord.Outpoint> outpoints(
      List<dev.trestle.lightclient.CustodyRules.Coin> coins) {
    return coins.stream()
        .map(coin -> new GuardRecord.Outpoint(coin.txId(), coin.outputIndex()))
        .toList();
  }
}
