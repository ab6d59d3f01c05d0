package dev.trestle.notary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.adapter.MessageSource.SourceEvent;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.notary.CommitteeLedger.PlannedRelease;
import dev.trestle.notary.CommitteeLedger.Reason;
import dev.trestle.notary.CommitteeLedger.Supply;
import dev.trestle.proofs.evm.EvmLog;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A member against a relay chain that asks for more than it should. */
class ReleaseSigningTest extends OneMemberFixture {
  @Test
  void threeMembersPayABurnOut() {
    World.burnFinally(node, 1);
    PlannedRelease release = world.withdrawal(1, world.coin("a", 201_000));
    world.releases.add(release);
    List<EquivocationGuard> others = new ArrayList<>();
    assertThat(outcome(release)).isEqualTo("signed");
    for (int i = 1; i < 3; i++) {
      others.add(world.newGuard(folder, i));
      world.member(i, node, others.getLast()).run();
    }
    List<CustodyRules.MemberSignatures> collected = new ArrayList<>();
    world.signatures.forEach(
        (number, signed) -> collected.add(new CustodyRules.MemberSignatures(number, signed)));
    Bytes transaction =
        World.RULES.assemble(world.committee(), release.plan(), collected).orThrow();
    assertThat(World.RULES.executes(transaction, release.plan())).isTrue();
    others.forEach(EquivocationGuard::close);
  }

  /** The reserve pays for the coins after the first, and not more: else somebody gets more. */
  @Test
  void theReservePaysForFurtherCoinsAndNothingElse() {
    World.burnFinally(node, 1);
    CustodyRules.Coin[] coins = {world.coin("a", 30_000), world.coin("b", 30_000)};
    long each = World.RULES.inputFee(World.HOME, world.committee(), World.FEE_RATE).toLong();
    Supply s = world.supply;
    world.supply = withCoins(s, s.locked().plus(Amount.of(each)));
    assertThat(outcome(world.withdrawal(1, each + 1, coins))).isEqualTo("wrong-amount");
    assertThat(outcome(world.withdrawal(1, -1, coins))).isEqualTo("wrong-amount");
    CustodyRules.Coin[] one = {world.coin("c", 150_000)};
    assertThat(outcome(world.withdrawal(1, 1, one))).isEqualTo("wrong-amount");
    world.supply = withCoins(s, s.locked().plus(Amount.of(each - 1)));
    assertThat(outcome(world.withdrawal(1, each, coins))).isEqualTo("accounts-do-not-add-up");
    world.supply = withCoins(s, s.locked().plus(Amount.of(each)));
    assertThat(outcome(world.withdrawal(1, each, coins))).isEqualTo("signed");
  }

  private static Supply withCoins(Supply s, Amount coins) {
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

  @Test
  void refusesBlindSigning() {
    assertThat(outcome(world.withdrawal(1, world.coin("a", 201_000)))).isEqualTo("not-seen");
    node.emit(World.burn(1, World.BURNED, World.RECIPIENT));
    assertThat(outcome(world.withdrawal(1, world.coin("a", 201_000)))).isEqualTo("not-seen");
    node.mine(1); // there, but not final
    assertThat(outcome(world.withdrawal(1, world.coin("a", 201_000)))).isEqualTo("not-seen");
    node.mine(1);
    assertThat(outcome(world.withdrawal(1, world.coin("a", 201_000)))).isEqualTo("signed");
    assertThat(outcome(world.withdrawal(2, world.coin("b", 100_000)))).isEqualTo("not-seen");
  }

  @Test
  void aBurnThatItsOwnNodeNoLongerShowsIsNotPaid() {
    SourceEvent event = World.burnFinally(node, 1);
    member.run();
    node.forget(event);
    assertThat(outcome(world.withdrawal(1, world.coin("a", 201_000))))
        .isEqualTo("own-node-unavailable");
  }

  @Test
  void refusesAnotherRecipient() {
    World.burnFinally(node, 1);
    Bytes thief = Bytes.fromHex("0014" + "11".repeat(20));
    assertThat(
            outcome(
                world.planned(
                    new Reason.Withdrawal(),
                    OwnView.cause(World.LANE.reverse().hash(), 1),
                    thief,
                    World.BURNED,
                    List.of(world.coin("a", 201_000)))))
        .isEqualTo("wrong-recipient");
  }

  @Test
  void refusesAWrongAmount() {
    World.burnFinally(node, 1);
    for (long amount : new long[] {49_999, 50_001, 100_000}) {
      assertThat(
              outcome(
                  world.planned(
                      new Reason.Withdrawal(),
                      OwnView.cause(World.LANE.reverse().hash(), 1),
                      World.RECIPIENT,
                      Amount.of(amount),
                      List.of(world.coin("a", 201_000)))))
          .isEqualTo("wrong-amount");
    }
  }

  @Test
  void refusesABurnOfAnotherLaneOrAsset() {
    Hash32 otherLane = Digests.sha256(Bytes.utf8("another lane"));
    emitWithTopic(1, otherLane);
    PlannedRelease release = world.withdrawal(1, world.coin("a", 201_000));
    PlannedRelease foreign =
        world.planned(
            release.reason(),
            OwnView.cause(otherLane, 1),
            release.script(),
            release.amount(),
            List.of(world.coin("a", 201_000)));
    assertThat(outcome(foreign)).isEqualTo("wrong-lane");
    emitWithTopic(3, Digests.sha256(Bytes.utf8("another asset")));
    assertThat(outcome(release)).isEqualTo("wrong-asset");
  }

  /** The burn of sequence 1 with one of its topics replaced; final. */
  private void emitWithTopic(int topic, Hash32 value) {
    EvmLog honest = World.burn(1, World.BURNED, World.RECIPIENT);
    List<Hash32> topics = new ArrayList<>(honest.topics());
    topics.set(topic, value);
    node.emit(new EvmLog(honest.address(), topics, honest.data()));
    node.mine(3);
  }

  @Test
  void refusesAPlanThatTheCoinsDoNotGive() {
    World.burnFinally(node, 1);
    PlannedRelease honest = world.withdrawal(1, world.coin("a", 201_000));
    CustodyRules.ReleasePlan plan = honest.plan();
    PlannedRelease other = world.withdrawal(2, world.coin("a", 201_000));
    CustodyRules.Payout payout = plan.payout();
    List<CustodyRules.ReleasePlan> forged =
        List.of(
            new CustodyRules.ReleasePlan(plan.unsigned(), plan.inputs(), payout, Amount.of(1)),
            new CustodyRules.ReleasePlan(
                other.plan().unsigned(), List.of(world.coin("b", 9_000)), payout, plan.fee()),
            new CustodyRules.ReleasePlan(flip(plan.unsigned()), plan.inputs(), payout, plan.fee()),
            new CustodyRules.ReleasePlan(
                plan.unsigned(), plan.inputs(), other.plan().payout(), plan.fee()));
    for (CustodyRules.ReleasePlan bad : forged) {
      assertThat(outcome(withPlan(honest, bad))).isIn("plan-differs", "not-covered");
    }
    assertThat(world.signatures).isEmpty();
  }

  @Test
  void refusesAReplayedRelease() {
    World.burnFinally(node, 1);
    PlannedRelease first = world.withdrawal(1, world.coin("a", 201_000));
    assertThat(outcome(first)).isEqualTo("signed");
    assertThat(outcome(first)).as("the same again, for a lost message").isEqualTo("signed");
    // The same burn with another coin, under the same and under another name.
    PlannedRelease again = world.withdrawal(1, world.coin("b", 201_000));
    assertThat(outcome(again)).isEqualTo("already-planned-otherwise");
    assertThat(outcome(renamed(again))).isEqualTo("already-planned-otherwise");
    assertThat(outcome(renamed(first))).isEqualTo("already-planned-otherwise");
  }

  @Test
  void refusesACoinThatIsCommitted() {
    World.burnFinally(node, 1);
    World.burnFinally(node, 2);
    assertThat(outcome(world.withdrawal(1, world.coin("a", 201_000)))).isEqualTo("signed");
    assertThat(outcome(world.withdrawal(2, world.coin("a", 201_000))))
        .isEqualTo("coin-already-committed");
    assertThat(outcome(world.withdrawal(2, world.coin("b", 201_000)))).isEqualTo("signed");
  }

  @Test
  void theGuardSurvivesARestart() {
    World.burnFinally(node, 1);
    assertThat(outcome(world.withdrawal(1, world.coin("a", 201_000)))).isEqualTo("signed");
    guard.close();
    guard = world.reopen(folder, 0);
    member = world.member(0, node, guard);
    assertThat(outcome(world.withdrawal(1, world.coin("b", 201_000))))
        .isEqualTo("already-planned-otherwise");
  }

  @Test
  void waitsWhilePaused() {
    World.burnFinally(node, 1);
    PlannedRelease release = world.withdrawal(1, world.coin("a", 201_000));
    world.paused = true;
    assertThat(outcome(release)).isEqualTo("paused");
    assertThat(world.signatures).isEmpty();
    world.paused = false;
    assertThat(outcome(release)).isEqualTo("signed");
  }

  @Test
  void refusesWhenTheAccountsDoNotAddUp() {
    World.burnFinally(node, 1);
    PlannedRelease release = world.withdrawal(1, world.coin("a", 201_000));
    Supply good = world.supply;
    Amount one = Amount.of(1);
    for (Supply bad :
        List.of(
            supply(good, good.locked().minus(one), good.pendingRelease(), good.coins()),
            supply(good, good.locked(), good.pendingRelease().minus(one), good.coins()),
            supply(good, good.locked(), good.pendingRelease().plus(one), good.coins()),
            supply(good, good.locked(), good.pendingRelease(), good.locked().minus(one)),
            supply(good, good.locked(), good.pendingRelease(), Amount.of(200_999)))) {
      world.supply = bad;
      assertThat(outcome(release)).as("%s", bad).isEqualTo("accounts-do-not-add-up");
    }
    world.supply = good;
    assertThat(outcome(release)).isEqualTo("signed");
  }

  @Test
  void waitsWhenMoreTokensExistThanAreBacked() {
    World.burnFinally(node, 1);
    PlannedRelease release = world.withdrawal(1, world.coin("a", 201_000));
    node.supply = Amount.of(150_001);
    assertThat(outcome(release)).isEqualTo("supply-exceeded");
    node.supply = Amount.of(150_000);
    assertThat(outcome(release)).isEqualTo("signed");
  }

  @Test
  void keepsItsOwnLimits() {
    node.emit(World.burn(1, Amount.of(1_000_001), World.RECIPIENT));
    node.mine(3);
    Amount much = Amount.of(5_000_000);
    world.supply =
        new Supply(
            much, Amount.ZERO, Amount.ZERO, much, Amount.ZERO, much, Amount.of(100_000), much);
    assertThat(
            outcome(
                world.planned(
                    new Reason.Withdrawal(),
                    OwnView.cause(World.LANE.reverse().hash(), 1),
                    World.RECIPIENT,
                    Amount.of(1_000_001),
                    List.of(world.coin("a", 2_000_000)))))
        .isEqualTo("above-own-limit");
  }

  @Test
  void contradictingBurnsAreNotPaid() {
    World.burnFinally(node, 1);
    node.emit(World.burn(1, Amount.of(7), World.RECIPIENT));
    node.mine(3);
    assertThat(outcome(world.withdrawal(1, world.coin("a", 201_000))))
        .isEqualTo("contradicting-messages");
  }

  @Test
  void waitsWhenItsOwnNodeIsDown() {
    World.burnFinally(node, 1);
    member.run();
    node.down = true;
    assertThat(outcome(world.withdrawal(1, world.coin("a", 201_000))))
        .isEqualTo("own-node-unavailable");
  }

  @Test
  void stopsForGoodWhenTheGuardKnowsLessThanTheRelayChain() {
    World.burnFinally(node, 1);
    PlannedRelease release = world.withdrawal(1, world.coin("a", 201_000));
    assertThat(outcome(signed(release))).isEqualTo("guard-rolled-back");
    assertThat(member.halted()).isPresent();
    assertThat(member.run())
        .extracting(CommitteeMember.Note::code)
        .containsExactly("guard-rolled-back");
    assertThat(world.signatures).isEmpty();
  }

  @Test
  void aSignedReleaseIsNotSentAgain() {
    World.burnFinally(node, 1);
    PlannedRelease release = world.withdrawal(1, world.coin("a", 201_000));
    assertThat(outcome(release)).isEqualTo("signed");
    world.signatures.clear();
    assertThat(outcome(signed(release))).isEqualTo("already-sent");
    assertThat(world.signatures).isEmpty();
  }

  @Test
  void theOperatorCanStopIt() {
    World.burnFinally(node, 1);
    member.halt("maintenance");
    assertThat(outcome(world.withdrawal(1, world.coin("a", 201_000)))).isEqualTo("none");
    assertThat(member.halted()).map(CommitteeMember.Note::code).contains("halted-by-operator");
    assertThat(world.signatures).isEmpty();
  }

  private String outcome(PlannedRelease release) {
    return world.outcome(member, release);
  }

  private static Supply supply(Supply s, Amount locked, Amount pending, Amount coins) {
    return new Supply(
        locked,
        s.inFlight(),
        s.minted(),
        pending,
        s.refundable(),
        coins,
        s.routeInFlight(),
        s.routeMinted());
  }

  private static Bytes flip(Bytes source) {
    byte[] raw = source.toArray();
    raw[raw.length - 10] ^= 1;
    return Bytes.wrap(raw);
  }

  private PlannedRelease renamed(PlannedRelease r) {
    Hash32 id = Digests.sha256(r.id().bytes());
    CustodyRules.ReleasePlan plan =
        World.RULES
            .plan(
                World.HOME,
                world.committee(),
                List.of(world.coin("c", 150_000)),
                new CustodyRules.Payout(id, r.script(), r.amount()),
                r.feeRate())
            .orThrow();
    return copy(r, id, r.reason(), plan, false);
  }

  private static PlannedRelease withPlan(PlannedRelease r, CustodyRules.ReleasePlan plan) {
    return copy(r, r.id(), r.reason(), plan, false);
  }

  private static PlannedRelease signed(PlannedRelease r) {
    return copy(r, r.id(), r.reason(), r.plan(), true);
  }

  private static PlannedRelease copy(
      PlannedRelease r, Hash32 id, Reason reason, CustodyRules.ReleasePlan plan, boolean signed) {
    return new PlannedRelease(
        id,
        r.routeId(),
        r.asset(),
        r.homeClientType(),
        r.destinationClientType(),
        r.lane(),
        reason,
        r.script(),
        r.amount(),
        r.cause(),
        r.feeRate(),
        plan,
        signed);
  }
}
