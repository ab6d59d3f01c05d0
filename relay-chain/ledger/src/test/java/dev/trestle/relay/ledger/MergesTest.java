package dev.trestle.relay.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.relay.ledger.fake.FakeChain;
import dev.trestle.relay.ledger.record.CoinRecord;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.SupplyRecord;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which coins pay for a release, and what becomes of one that takes too many of them. */
@Tag("exploit-regression")
class MergesTest {
  private final Hub hub = Hub.ready();

  private SupplyRecord supply() {
    return hub.view().supply(hub.asset);
  }

  private void burn(long sequence, long amount) {
    assertThat(
            hub.submit(hub.say(hub.burned(sequence, amount, Hub.hash("to " + sequence).bytes())))
                .code())
        .isEqualTo("ok");
  }

  private List<ReleaseRecord> releases(ReleaseRecord.State state, ReleaseRecord.Kind kind) {
    return hub.view().releases(state, Optional.empty(), 100).stream()
        .filter(release -> release.kind() == kind)
        .toList();
  }

  private List<ReleaseRecord> merges() {
    return releases(ReleaseRecord.State.PLANNED, ReleaseRecord.Kind.MERGE);
  }

  private CustodyRules.ReleasePlan onlyPlan() {
    return hub.view()
        .release(hub.onlyRelease(ReleaseRecord.State.PLANNED))
        .flatMap(ReleaseRecord::plan)
        .orElseThrow();
  }

  /** 130 coins, none of which is worth much, and one burn of what 65 of them are worth. */
  @Test
  void burnLargerThanTheCoinsOfOneTransactionIsPaidAfterAMerge() {
    new ManyCoins(hub).bring(LongStream.generate(() -> 20_000).limit(130).toArray());
    Amount reserve = supply().reserve();
    burn(1, 1_270_000);
    ReleaseRecord merge = hub.view().release(hub.onlyRelease(ReleaseRecord.State.PLANNED)).get();
    CustodyRules.ReleasePlan plan = merge.plan().orElseThrow();
    assertThat(merge.kind()).isEqualTo(ReleaseRecord.Kind.MERGE);
    assertThat(plan.inputs()).hasSize(Releases.MAX_INPUTS);
    assertThat(supply().reserve()).isEqualTo(reserve.minus(plan.fee()));
    assertThat(supply().plannedFees()).isEqualTo(plan.fee());
    assertThat(hub.view().isMerging(hub.home.id())).isTrue();
    for (int block = 0; block < 3; block++) {
      hub.block();
    }
    assertThat(merges()).as("what is being merged suffices").hasSize(1);

    hub.settle(merge.id());
    assertThat(hub.view().isMerging(hub.home.id())).isFalse();
    assertThat(hub.view().coins(hub.home.id(), Optional.empty(), 100))
        .hasSize(67)
        .noneMatch(CoinRecord::isDeposit);
    Hash32 payout = hub.onlyRelease(ReleaseRecord.State.PLANNED);
    hub.settle(payout);
    assertThat(hub.view().release(payout).orElseThrow().kind())
        .isEqualTo(ReleaseRecord.Kind.WITHDRAWAL);
    assertThat(supply().pendingRelease()).isEqualTo(Amount.ZERO);
    assertThat(supply().plannedFees()).isEqualTo(Amount.ZERO);
    assertThat(supply().isConserved()).isTrue();
  }

  /** Members do not sign it, and its proof waits. */
  @Test
  void mergeStandsStillInAPause() {
    new ManyCoins(hub).bring(LongStream.generate(() -> 20_000).limit(70).toArray());
    burn(1, 1_300_000);
    ReleaseRecord merge = merges().getFirst();
    PauseSubject home = new PauseSubject.Chain(hub.home.id());
    hub.send(hub.governance.getFirst(), new TransactionBody.Pause(home));
    assertThat(hub.send(hub.signRelease(merge, 0)).code()).isEqualTo("paused");
    hub.ok(hub.resume(home, 3));
    hub.home.mine(hub.signed(merge.id()));
    hub.follow(hub.home, 3);
    hub.send(hub.governance.getFirst(), new TransactionBody.Pause(home));
    TransactionBody proof = hub.proof(merge.id());
    assertThat(hub.send(proof).code()).isEqualTo("paused");
    hub.ok(hub.resume(home, 3));
    hub.ok(proof);
  }

  /** Of a chain that is gone for good, say: it lends its rate to merges, and stops none. */
  @Test
  void pauseOfTheCheapestRouteHoldsUpNoOther() {
    FakeChain gone = new FakeChain("fake:gone");
    Bytes contract = Bytes.fromHex("77".repeat(20));
    gone.mine();
    hub.ok(hub.registerChain(gone, Optional.of(contract)));
    hub.follow(gone, 3);
    TransactionBody.RegisterRoute dear = hub.route();
    hub.ok(
        hub.registerRoute(
            new TransactionBody.RegisterRoute(
                dear.asset(),
                gone.id(),
                contract,
                dear.minTransfer(),
                dear.maxTransfer(),
                1,
                dear.confirmations(),
                dear.lane(),
                dear.trust(),
                List.of())));
    new ManyCoins(hub).bring(LongStream.generate(() -> 20_000).limit(70).toArray());
    hub.send(
        hub.governance.getFirst(), new TransactionBody.Pause(new PauseSubject.Chain(gone.id())));
    hub.send(
        hub.governance.getFirst(),
        new TransactionBody.Pause(
            new PauseSubject.Route(RouteRecord.id(hub.asset, gone.id(), contract))));
    burn(1, 1_300_000);
    ReleaseRecord merge = merges().getFirst();
    assertThat(merge.routeId()).isNotEqualTo(hub.routeId());
    hub.settle(merge.id());
    hub.settle(hub.onlyRelease(ReleaseRecord.State.PLANNED));
    assertThat(supply().pendingRelease()).isEqualTo(Amount.ZERO);
    assertThat(hub.view().pause(new PauseSubject.Chain(hub.home.id()))).isEmpty();
  }

  /** Not for more than the free coins are worth, and not in a pause. */
  @Test
  void nothingIsMergedThatDoesNotHelpNow() {
    new ManyCoins(hub)
        .bring(LongStream.rangeClosed(0, 66).map(i -> i == 0 ? 1_000_000 : 20_000).toArray());
    burn(1, 500_000); // holds the large coin
    Hash32 first = hub.onlyRelease(ReleaseRecord.State.PLANNED);
    burn(2, 1_750_000);
    assertThat(merges()).as("more than what is free").isEmpty();
    hub.home.mine(hub.signed(first));
    hub.follow(hub.home, 3);
    PauseSubject route = new PauseSubject.Route(hub.routeId());
    List<Receipt> both =
        hub.block(
                hub.sign(hub.user, hub.proof(first)),
                hub.sign(hub.governance.getFirst(), new TransactionBody.Pause(route)))
            .receipts();
    assertThat(both).allMatch(Receipt::isSuccess);
    assertThat(merges()).as("paused").isEmpty();
    hub.ok(hub.resume(route, 3));
    assertThat(merges()).hasSize(1);
  }

  /** Small releases hold small coins, so that the large ones are there for a large release. */
  @Test
  void releaseTakesTheSmallestCoinThatPaysIt() {
    new ManyCoins(hub).bring(900_000, 100_000, 50_000, 300_000);
    burn(1, 60_000);
    assertThat(onlyPlan().inputs())
        .singleElement()
        .satisfies(coin -> assertThat(coin.amount()).isEqualTo(Amount.of(99_680)));
    hub.settle(hub.onlyRelease(ReleaseRecord.State.PLANNED));
    // the change of the first, 39 680, would leave dust: the next one does not
    burn(2, 39_500);
    assertThat(onlyPlan().inputs())
        .singleElement()
        .satisfies(coin -> assertThat(coin.amount()).isEqualTo(Amount.of(49_680)));
    hub.settle(hub.onlyRelease(ReleaseRecord.State.PLANNED));
    // no coin alone: the largest first, as few as can be
    burn(3, 1_000_000);
    assertThat(onlyPlan().inputs())
        .extracting(CustodyRules.Coin::amount)
        .containsExactlyInAnyOrder(Amount.of(899_680), Amount.of(299_680));
  }

  /** A stream of small burns and one large one behind the first of them. */
  @Test
  void smallBurnsDoNotHoldTheCoinOfALargeOne() {
    new ManyCoins(hub).bring(900_000, 40_000, 40_000, 40_000);
    burn(1, 20_000);
    burn(2, 20_000);
    burn(3, 20_000);
    burn(4, 890_000);
    assertThat(releases(ReleaseRecord.State.QUEUED, ReleaseRecord.Kind.WITHDRAWAL)).isEmpty();
  }

  /**
   * Random coins, and a burn of a random part of them: as many merges as it takes, and no more, and
   * none costs more than what its coins have brought.
   */
  @Test
  void asManyMergesAsItTakes() {
    long rate = 2;
    Amount share = Amount.of(300);
    for (long seed = 1; seed <= 200; seed++) {
      Random random = new Random(seed);
      List<Amount> free = new ArrayList<>();
      for (int i = random.nextInt(600); i >= 0; i--) {
        free.add(Amount.of(20_000 + random.nextInt(seed % 2 == 0 ? 10 : 1_000_000)));
      }
      free.sort(Comparator.reverseOrder());
      long total = free.stream().mapToLong(Amount::toLong).sum();
      Amount owed = Amount.of(1 + random.nextLong(total));
      int least = 0;
      for (long sum = 0; sum < owed.toLong(); least++) {
        sum += free.get(least).toLong();
      }
      List<Amount> merging = new ArrayList<>();
      Amount reserve = Amount.of(share.toLong() * free.size());
      boolean planned = !pays(free, merging).isLessThan(owed);
      while (!planned && new Merges.Coins(free, merging).needMergeFor(owed)) {
        if (free.size() < Merges.INPUTS) {
          break; // until those before it are proven
        }
        List<Amount> coins = free.subList(0, Merges.INPUTS);
        Amount fee = Amount.of(rate * (100 + 60L * Merges.INPUTS));
        reserve = reserve.minus(fee);
        merging.add(Amount.of(coins.stream().mapToLong(Amount::toLong).sum() - fee.toLong()));
        free = new ArrayList<>(free.subList(Merges.INPUTS, free.size()));
      }
      int expected = Math.max(0, (least - Merges.INPUTS + Merges.INPUTS - 2) / (Merges.INPUTS - 1));
      assertThat(merging.size()).as("seed %d", seed).isBetween(expected - 1, expected + 1);
      assertThat(reserve.toLong())
          .as("seed %d", seed)
          .isGreaterThanOrEqualTo(share.toLong() * (free.size() + merging.size()));
    }
  }

  /** More coins than are counted, and a burn for which they are not enough all the same. */
  @Test
  void mergesUnderWayAreBounded() {
    List<Amount> free = Collections.nCopies(Merges.MAX_COUNTED, Amount.of(1));
    List<Amount> merging = Collections.nCopies(Merges.INPUTS - 1, Amount.of(Merges.INPUTS));
    Amount owed = Amount.of(1_000_000);
    assertThat(new Merges.Coins(free, merging).needMergeFor(owed)).isTrue();
    List<Amount> one = Collections.nCopies(Merges.INPUTS, Amount.of(Merges.INPUTS));
    assertThat(new Merges.Coins(free, one).needMergeFor(owed)).isFalse();
  }

  /** What one transaction pays once all is merged. */
  private static Amount pays(List<Amount> free, List<Amount> merging) {
    return Amount.of(
        Stream.concat(free.stream(), merging.stream())
            .sorted(Comparator.reverseOrder())
            .limit(Merges.INPUTS)
            .mapToLong(Amount::toLong)
            .sum());
  }
}
