package dev.trestle.notary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.notary.CommitteeLedger.PlannedRelease;
import dev.trestle.notary.CommitteeLedger.Reason;
import dev.trestle.notary.CommitteeLedger.Supply;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Deposits, which their depositors can take back, are spent by sweeps and by nothing else. */
class DepositSpendingTest extends OneMemberFixture {
  private static final Hash32 CAUSE = Digests.sha256(Bytes.utf8("outpoint"));

  private final Bytes resting = World.RULES.restingLock(World.HOME, world.committee()).script();

  /** The plan is what the coins give and the accounts add up; the relay chain wants it so. */
  @Test
  void payoutFromADepositIsRefused() {
    World.burnFinally(node, 1);
    for (PlannedRelease release :
        List.of(
            world.withdrawal(1, world.deposit("a", 201_000)),
            world.withdrawal(1, world.coin("b", 40_000), world.deposit("c", 60_000)))) {
      assertThat(world.outcome(member, release)).isEqualTo("spends-a-deposit");
    }
    assertThat(world.signatures).isEmpty();
    assertThat(world.outcome(member, world.withdrawal(1, world.coin("swept", 201_000))))
        .as("the guard has remembered nothing of what was refused")
        .isEqualTo("signed");
  }

  @Test
  void sweepsGoToTheRestingPlaceOnly() {
    CustodyRules.Coin coin = world.deposit("a", 60_000);
    PlannedRelease theft =
        world.planned(new Reason.Sweep(), CAUSE, World.RECIPIENT, coin.amount(), List.of(coin));
    assertThat(world.outcome(member, theft)).isEqualTo("not-to-resting-place");
    PlannedRelease part =
        world.planned(new Reason.Sweep(), CAUSE, resting, Amount.of(40_000), List.of(coin));
    assertThat(world.outcome(member, part)).isEqualTo("wrong-amount");
    world.paused = true; // a pause must not give the credited coin back to its depositor
    assertThat(world.outcome(member, sweep(coin))).isEqualTo("signed");
  }

  /** Everything is paused, and the member is started anew: it has not looked at any chain yet. */
  @Test
  void memberThatStartsDuringAPauseSignsSweepsAndNothingElse() {
    World.burnFinally(node, 1);
    world.paused = true;
    world.chainPaused = true;
    assertThat(world.outcome(member, sweep(world.deposit("a", 60_000)))).isEqualTo("signed");
    assertThat(world.outcome(member, world.withdrawal(1, world.coin("b", 201_000))))
        .isEqualTo("own-node-unavailable");
  }

  /** Payouts ask the member's node, which may be slow; the order of ids is a depositor's choice. */
  @Test
  void sweepsAreSignedBeforePayouts() {
    World.burnFinally(node, 1);
    PlannedRelease payout = world.withdrawal(1, world.coin("b", 201_000));
    world.releases.add(payout);
    for (int i = 0; i < 4; i++) {
      CustodyRules.Coin coin = world.deposit("d" + i, 60_000);
      Hash32 cause = Digests.sha256(Bytes.utf8("cause " + i));
      world.releases.add(
          world.planned(new Reason.Sweep(), cause, resting, coin.amount(), List.of(coin)));
    }
    assertThat(world.releases.stream().map(PlannedRelease::id).max(Comparator.naturalOrder()))
        .as("it is not last by its id")
        .hasValueSatisfying(last -> assertThat(last).isNotEqualTo(payout.id()));
    List<String> order =
        member.run().stream()
            .map(CommitteeMember.Note::subject)
            .filter(subject -> subject.startsWith("release"))
            .toList();
    assertThat(order).hasSize(5).last().isEqualTo("release " + payout.id());
  }

  /** A limit on what leaves must not give a large credited coin back to its depositor. */
  @Test
  void sweepsAreNotHeldUpByTheLimitOnPayments() {
    CustodyRules.Coin coin =
        world.deposit("large", World.POLICY.maxAmount().value().longValue() + 1);
    Amount much = Amount.of(5_000_000);
    Supply s = world.supply;
    world.supply =
        new Supply(
            much,
            s.inFlight(),
            s.minted(),
            s.pendingRelease(),
            s.refundable(),
            much,
            s.routeInFlight(),
            s.routeMinted());
    assertThat(world.outcome(member, sweep(coin))).isEqualTo("signed");
  }

  private PlannedRelease sweep(CustodyRules.Coin coin) {
    return world.planned(new Reason.Sweep(), CAUSE, resting, coin.amount(), List.of(coin));
  }
}
