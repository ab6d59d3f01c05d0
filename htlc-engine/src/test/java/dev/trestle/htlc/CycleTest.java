package dev.trestle.htlc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.ChainProfile.Timing;
import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.HtlcPort.LockFunding;
import dev.trestle.adapter.HtlcPort.LockSpend;
import dev.trestle.adapter.sim.SimChain.Flavor;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Swaps of more than two legs: the same planner, the same rules. */
class CycleTest {
  private static final Amount MAX_FEES = Amount.of(200);

  private static World world(int legs) {
    Flavor[] flavors = new Flavor[legs];
    for (int i = 0; i < legs; i++) {
      flavors[i] = i % 2 == 0 ? Flavor.UTXO : Flavor.ACCOUNT;
    }
    return new World(flavors);
  }

  private static World entered(int legs) {
    World world = world(legs);
    SwapTerms terms = world.terms();
    world.parties.forEach(party -> party.enter(terms));
    return world;
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, SwapTerms.MAX_LEGS})
  void everybodyIsPaid(int legs) {
    World world = entered(legs);
    SwapTerms terms = world.alice.driver.orElseThrow().view().terms();
    world.runToEnd(60 + 20 * legs);
    for (Party party : world.parties) {
      assertThat(party.status()).as("%s", party.role).isEqualTo(SwapStatus.COMPLETED);
      int paid = terms.paysTo(party.role);
      assertThat(world.balance(party, world.chains.get(paid)).plus(MAX_FEES))
          .isGreaterThan(World.wealth().plus(terms.legs().get(paid).amount()));
    }
  }

  @Test
  void whoeverVanishesHarmsNobody() {
    for (int gone = 0; gone < 3; gone++) {
      for (int moment = 0; moment < 22; moment++) {
        World world = entered(3);
        SwapTerms terms = world.alice.driver.orElseThrow().view().terms();
        for (int i = 0; i < 330; i++) {
          for (Party party : world.parties) {
            if (party.role.party() != gone || i < moment) {
              party.step();
            }
          }
          world.tick();
        }
        for (Party party : world.parties) {
          if (party.role.party() != gone) {
            assertUnharmed(world, terms, party, gone + " vanished at " + moment);
          }
        }
      }
    }
  }

  private static void assertUnharmed(World world, SwapTerms terms, Party party, String when) {
    int own = terms.paidBy(party.role);
    int other = terms.paysTo(party.role);
    Amount due = World.wealth().plus(terms.legs().get(other).amount());
    boolean whole =
        world.balance(party, world.chains.get(own)).plus(MAX_FEES).isMoreThan(World.wealth());
    boolean paid = world.balance(party, world.chains.get(other)).plus(MAX_FEES).isMoreThan(due);
    assertThat(whole || paid).as("%s: %s", when, party.role).isTrue();
    assertThat(party.status())
        .as("%s: %s", when, party.role)
        .isIn(SwapStatus.COMPLETED, SwapStatus.REFUNDED, SwapStatus.ABORTED);
  }

  @Test
  void theNumberOfLegsAndThePairsAreChecked() {
    SwapTerms good = world(3).terms();
    assertThat(TermsCheck.check(good).isAccepted()).isTrue();
    List<SwapLeg> legs = good.legs();
    assertThat(refusal(new SwapTerms(good.hash(), legs, good.parties().subList(0, 2))))
        .contains("LEG_COUNT", "not 3 and 2");
    assertThat(
            refusal(
                new SwapTerms(
                    good.hash(),
                    legs,
                    List.of(good.initiatorKey(), good.parties().get(1), good.initiatorKey()))))
        .contains("BAD_KEY");
    assertThat(refusal(with(good, 2, legs.get(0).asset().chain(), legs.get(0), 1)))
        .contains("SAME_ASSET", "legs 3 and 1");
    assertThat(refusal(with(good, 2, legs.get(2).chain(), legs.get(2), 1_000_000)))
        .contains("EXPIRY_ORDER", "leg 2 expires");
  }

  private static SwapTerms with(
      SwapTerms terms, int index, dev.trestle.base.ChainId chain, SwapLeg leg, long later) {
    List<SwapLeg> legs = new ArrayList<>(terms.legs());
    SwapLeg old = legs.get(index);
    legs.set(
        index,
        new SwapLeg(
            chain,
            leg.asset(),
            leg.amount(),
            leg.claimer(),
            leg.refunder(),
            old.expirySeconds() + later));
    return new SwapTerms(terms.hash(), legs, terms.parties());
  }

  private static String refusal(SwapTerms terms) {
    return TermsCheck.check(terms).toString();
  }

  @Test
  void unsafeTermsAreRefusedWithTheNumbers() {
    World world = world(3);
    List<Long> safe = World.POLICY.propose(World.START, world.profiles());
    assertThat(World.POLICY.check(world.terms(safe), World.START, world.profiles()).isAccepted())
        .isTrue();
    for (int leg = 0; leg < 2; leg++) {
      List<Long> less = new ArrayList<>(safe);
      for (int i = 0; i <= leg; i++) {
        less.set(i, less.get(i) - 1);
      }
      long needed =
          World.POLICY.requiredGap(world.timings().get(leg), world.timings().get(leg + 1));
      assertThat(World.POLICY.check(world.terms(less), World.START, world.profiles()).toString())
          .contains(
              "leg %d expires %d s after leg %d".formatted(leg + 1, needed - 1, leg + 2),
              "at least " + needed + " s",
              "1 s are missing",
              "outage 600",
              "until irreversible 240");
    }
  }

  @Test
  void theFormOfALongerCycleIsOfVersionTwo() {
    SwapTerms three = world(3).terms(List.of(1_800_100_000L, 1_800_050_000L, 1_800_020_000L));
    assertThat(three.toBytes().toHex()).isEqualTo(GoldenTest.golden("swap-terms-v2.hex"));
    assertThat(three.swapId().toHex()).isEqualTo(GoldenTest.golden("swap-id-v2.hex"));
    assertThat(SwapTerms.parse(three.toBytes()).orThrow()).isEqualTo(three);
    byte[] older = three.toBytes().toArray();
    older[0] = SwapTerms.VERSION;
    assertThat(SwapTerms.parse(Bytes.of(older)).toString()).contains("MALFORMED", "3 legs");
    SwapTerms two = world(2).terms();
    byte[] newer = two.toBytes().toArray();
    newer[0] = SwapTerms.CYCLE_VERSION;
    assertThat(SwapTerms.parse(Bytes.of(newer)).toString()).contains("MALFORMED", "2 legs");
  }

  @Test
  void theJournalHoldsEveryPartyOfTheCycleAndNoOther() {
    World world = world(3);
    SwapTerms terms = world.terms();
    for (Party party : world.parties) {
      JournalRecord.Created created = created(world, terms, party.role);
      assertThat(JournalRecord.parse(created.toBytes())).isEqualTo(created);
    }
    Bytes fourth = created(world, terms, Role.of(3)).toBytes();
    assertThatThrownBy(() -> JournalRecord.parse(fourth)).isInstanceOf(DecodeException.class);
    assertThatThrownBy(() -> Role.of(SwapTerms.MAX_LEGS))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static JournalRecord.Created created(World world, SwapTerms terms, Role role) {
    return new JournalRecord.Created(
        terms.swapId(),
        World.START,
        role,
        terms,
        role.isInitiator() ? Optional.of(3L) : Optional.empty(),
        World.POLICY,
        world.timings());
  }

  /** What {@code role} plans when the first {@code locked} legs are final and one is claimed. */
  private static List<SwapAction> plan(Role role, int locked, Optional<Integer> claimedLeg) {
    World world = world(3);
    SwapTerms terms = world.terms();
    List<ChainView> views = new ArrayList<>();
    for (int leg = 0; leg < 3; leg++) {
      Timing timing = world.timings().get(leg);
      Hash32 id = Digests.sha256(Bytes.utf8("lock " + leg));
      List<LockFunding> funding =
          leg < locked
              ? List.of(new LockFunding(id, 0, terms.legs().get(leg).amount(), 3, true))
              : List.of();
      Optional<LockSpend> spend =
          claimedLeg.isPresent() && claimedLeg.get() == leg
              ? Optional.of(new LockSpend.Claimed(id, world.secret(), 1, false))
              : Optional.empty();
      HtlcObservation seen = new HtlcObservation(World.START, 100, funding, spend);
      views.add(new ChainView(leg, timing, true, Optional.of(seen), Map.of()));
    }
    SwapRecord record = SwapRecord.of(created(world, terms, role));
    return SwapPlanner.plan(record, views, World.START);
  }

  private static List<Object> kinds(List<SwapAction> actions) {
    return Arrays.asList(actions.stream().map(a -> a.getClass().getSimpleName()).toArray());
  }

  @Test
  void r1EachPartyLocksAfterAllThoseBeforeIt() {
    assertThat(plan(Role.PARTICIPANT, 0, Optional.empty())).allMatch(CycleTest::isWait);
    assertThat(plan(Role.PARTICIPANT, 1, Optional.empty()))
        .containsExactly(new SwapAction.FundLeg(1));
    assertThat(plan(Role.PARTICIPANT_2, 1, Optional.empty())).allMatch(CycleTest::isWait);
    assertThat(plan(Role.PARTICIPANT_2, 2, Optional.empty()))
        .containsExactly(new SwapAction.FundLeg(2));
  }

  @Test
  void r3TheSecretCountsFromWhicheverLegItIsSeenOn() {
    for (int leg = 1; leg < 3; leg++) {
      assertThat(kinds(plan(Role.PARTICIPANT, 3, Optional.of(leg))))
          .contains("LearnSecret", "ClaimLeg")
          .doesNotContain("FundLeg");
    }
  }

  private static boolean isWait(SwapAction action) {
    return action instanceof SwapAction.Wait;
  }
}
