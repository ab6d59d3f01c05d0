package dev.trestle.notary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.notary.CommitteeLedger.PlannedRelease;
import dev.trestle.notary.CommitteeLedger.Reason;
import dev.trestle.notary.CommitteeLedger.Supply;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A merge moves coins at rest to where they rest, and nothing else is signed as one. */
class MergeSigningTest extends OneMemberFixture {
  private final Bytes resting = World.RULES.restingLock(World.HOME, world.committee()).script();
  private final CustodyRules.Coin one = world.coin("one", 60_000);
  private final CustodyRules.Coin two = world.coin("two", 40_000);

  @BeforeEach
  void reserve() {
    world.supply = coins(world.supply, world.supply.locked().plus(Amount.of(2_000)));
  }

  private static Hash32 cause(CustodyRules.Coin... coins) {
    return Digests.sha256(
        Arrays.stream(coins)
            .map(coin -> new CanonicalWriter().hash(coin.txId()).u32(coin.outputIndex()).toBytes())
            .sorted()
            .toArray(Bytes[]::new));
  }

  private PlannedRelease merge(Bytes script, long amount, CustodyRules.Coin... coins) {
    return world.planned(
        new Reason.Merge(), cause(coins), script, Amount.of(amount), List.of(coins));
  }

  private String outcome(PlannedRelease release) {
    return world.outcome(member, release);
  }

  /** Without a look at the chain of the tokens: nobody there is a reason for it. */
  @Test
  void coinsAtRestAreMerged() {
    world.chainPaused = true;
    assertThat(outcome(merge(resting, 100_000, one, two))).isEqualTo("signed");
    assertThat(outcome(merge(resting, 100_000, two, one))).as("the same again").isEqualTo("signed");
  }

  @Test
  void whatIsNoMergeIsRefused() {
    CustodyRules.Coin deposit = world.deposit("deposit", 40_000);
    assertThat(outcome(merge(World.RECIPIENT, 100_000, one, two)))
        .isEqualTo("not-to-resting-place");
    assertThat(outcome(merge(resting, 90_000, one, two))).isEqualTo("wrong-amount");
    assertThat(outcome(merge(resting, 60_000, one))).isEqualTo("wrong-amount");
    assertThat(outcome(merge(resting, 100_000, one, deposit))).isEqualTo("spends-a-deposit");
    PlannedRelease renamed =
        world.planned(
            new Reason.Merge(), cause(one), resting, Amount.of(100_000), List.of(one, two));
    assertThat(outcome(renamed)).isEqualTo("plan-differs");
    assertThat(world.signatures).isEmpty();
    assertThat(outcome(merge(resting, 100_000, one, two)))
        .as("the guard has remembered nothing of what was refused")
        .isEqualTo("signed");
    CustodyRules.Coin three = world.coin("three", 50_000);
    assertThat(outcome(merge(resting, 110_000, one, three))).isEqualTo("coin-already-committed");
  }

  /** Of their chain; the route lends them its rate alone. */
  @Test
  void mergesWaitForTheEndOfAPause() {
    world.homePaused = true;
    assertThat(outcome(merge(resting, 100_000, one, two))).isEqualTo("paused");
    world.homePaused = false;
    world.paused = true;
    assertThat(outcome(merge(resting, 100_000, one, two))).isEqualTo("signed");
  }

  /** Its fee comes from what is there above what is locked, at a rate that the member bears. */
  @Test
  void theFeeIsTheReservesAndBearable() {
    Amount fee = merge(resting, 100_000, one, two).plan().fee();
    Supply s = world.supply;
    world.supply = coins(s, s.locked().plus(fee).minus(Amount.of(1)));
    assertThat(outcome(merge(resting, 100_000, one, two))).isEqualTo("accounts-do-not-add-up");
    world.supply = coins(s, s.locked().plus(fee));
    member =
        new CommitteeMember(
            world,
            world.keys.getFirst(),
            guard,
            chain -> Optional.empty(),
            Map.of(World.BITCOIN.type(), World.BITCOIN),
            new SigningPolicy(Amount.of(1), World.FEE_RATE - 1),
            new SecureRandom());
    assertThat(outcome(merge(resting, 100_000, one, two))).isEqualTo("above-own-limit");
    member =
        new CommitteeMember(
            world,
            world.keys.getFirst(),
            guard,
            chain -> Optional.empty(),
            Map.of(World.BITCOIN.type(), World.BITCOIN),
            new SigningPolicy(Amount.of(1), World.FEE_RATE),
            new SecureRandom());
    assertThat(outcome(merge(resting, 100_000, one, two)))
        .as("no value leaves: the limit on what leaves is another one")
        .isEqualTo("signed");
  }

  private static Supply coins(Supply s, Amount coins) {
    return new Supply(
        s.locked(),
        s.inFlight(),
        s.minted(),
        s.pendingRelease(),
        s.refundable(),
        coins,
        s.routeInFlight(),
        s.routeMinted());
  }
}
