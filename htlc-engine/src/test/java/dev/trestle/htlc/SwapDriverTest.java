package dev.trestle.htlc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.sim.SimChain;
import dev.trestle.adapter.sim.SimChain.Flavor;
import dev.trestle.adapter.sim.SimFaults;
import dev.trestle.base.Amount;
import dev.trestle.base.Verdict;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SwapDriverTest {
  private static final Amount MAX_FEES = Amount.of(200);

  /** Which flavours the two chains have. */
  enum Direction {
    UTXO_TO_ACCOUNT(Flavor.UTXO, Flavor.ACCOUNT),
    ACCOUNT_TO_UTXO(Flavor.ACCOUNT, Flavor.UTXO),
    UTXO_TO_UTXO(Flavor.UTXO, Flavor.UTXO),
    ACCOUNT_TO_ACCOUNT(Flavor.ACCOUNT, Flavor.ACCOUNT);

    final Flavor first;
    final Flavor second;

    Direction(Flavor first, Flavor second) {
      this.first = first;
      this.second = second;
    }

    World world() {
      World world = new World(first, second);
      SwapTerms terms = world.terms();
      world.alice.enter(terms);
      world.bob.enter(terms);
      return world;
    }
  }

  @ParameterizedTest
  @EnumSource(Direction.class)
  void bothArePaid(Direction direction) {
    World world = direction.world();
    world.runToEnd(60);
    assertThat(world.alice.status()).isEqualTo(SwapStatus.COMPLETED);
    assertThat(world.bob.status()).isEqualTo(SwapStatus.COMPLETED);
    assertPaid(world);
    assertThat(world.alice.recovery).hasSize(1);
    assertThat(world.bob.recovery).hasSize(1);
    assertThat(world.bob.progress.stream().map(SwapProgress::step))
        .contains(
            SwapProgress.Step.LOCK_SIGNED,
            SwapProgress.Step.LOCK_SENT,
            SwapProgress.Step.SECRET_LEARNED,
            SwapProgress.Step.CLAIM_FINAL,
            SwapProgress.Step.ENDED);
  }

  @ParameterizedTest
  @EnumSource(Direction.class)
  void theParticipantVanishesAtEveryMoment(Direction direction) {
    for (int moment = 0; moment < 14; moment++) {
      World world = direction.world();
      vanish(world, world.bob, moment);
      assertUnharmed(world, world.alice, "bob vanished at " + moment);
    }
  }

  @ParameterizedTest
  @EnumSource(Direction.class)
  void theInitiatorVanishesAtEveryMoment(Direction direction) {
    for (int moment = 0; moment < 14; moment++) {
      World world = direction.world();
      vanish(world, world.alice, moment);
      assertUnharmed(world, world.bob, "alice vanished at " + moment);
    }
  }

  private static void vanish(World world, Party gone, int moment) {
    Party stays = gone == world.alice ? world.bob : world.alice;
    for (int i = 0; i < 250 && !(i > moment && stays.status().isEnd()); i++) {
      world
          .alice
          .driver
          .filter(d -> gone != world.alice || moment(world) < moment)
          .ifPresent(SwapDriver::step);
      world
          .bob
          .driver
          .filter(d -> gone != world.bob || moment(world) < moment)
          .ifPresent(SwapDriver::step);
      world.tick();
    }
  }

  private static long moment(World world) {
    return (world.time.nowSeconds() - World.START) / World.TICK;
  }

  @ParameterizedTest
  @EnumSource(Direction.class)
  void aCrashAroundEveryJournalRecordChangesNothing(Direction direction) {
    for (Role role : List.of(Role.INITIATOR, Role.PARTICIPANT)) {
      for (boolean before : List.of(true, false)) {
        int records = countOf(direction, role);
        assertThat(records).isGreaterThan(8);
        for (int at = 0; at < records; at++) {
          World world = direction.world();
          Party victim = role == Role.INITIATOR ? world.alice : world.bob;
          Countdown crash = new Countdown(at);
          victim.journal.crashing(() -> crash.fire(before), () -> crash.fire(!before));
          runWithCrashes(world);
          assertPaid(world);
          assertSignedOnce(victim);
        }
      }
    }
  }

  private static int countOf(Direction direction, Role role) {
    World world = direction.world();
    world.runToEnd(60);
    return (role == Role.INITIATOR ? world.alice : world.bob).journal.entries.size() - 1;
  }

  @ParameterizedTest
  @EnumSource(Direction.class)
  void aCrashOrFailureAroundEveryCallChangesNothing(Direction direction) {
    for (Role role : List.of(Role.INITIATOR, Role.PARTICIPANT)) {
      for (SimFaults.Call call :
          List.of(
              SimFaults.Call.PREPARE_LOCK,
              SimFaults.Call.PREPARE_CLAIM,
              SimFaults.Call.BROADCAST,
              SimFaults.Call.OBSERVE)) {
        for (int at = 0; at < 3; at++) {
          for (boolean afterEffect : List.of(true, false)) {
            for (boolean crash : List.of(true, false)) {
              failOnce(direction, role, call, at, afterEffect, crash);
            }
          }
        }
      }
    }
  }

  private static void failOnce(
      Direction direction,
      Role role,
      SimFaults.Call call,
      int at,
      boolean afterEffect,
      boolean crash) {
    World world = direction.world();
    Party victim = role == Role.INITIATOR ? world.alice : world.bob;
    Countdown countdown = new Countdown(at);
    victim.faults =
        asked -> {
          if (asked != call || !countdown.due()) {
            return Optional.empty();
          }
          if (crash && !afterEffect) {
            throw new Crash();
          }
          return Optional.of(new SimFaults.Fault(AdapterError.UNREACHABLE, afterEffect));
        };
    runWithCrashes(world);
    assertPaid(world);
    assertSignedOnce(victim);
  }

  @Test
  void aLockIsNotSentAfterItsTime() {
    World world = Direction.UTXO_TO_ACCOUNT.world();
    world.alice.faults =
        call ->
            call == SimFaults.Call.BROADCAST
                ? Optional.of(new SimFaults.Fault(AdapterError.UNREACHABLE, false))
                : Optional.empty();
    world.alice.step();
    world.time.advanceSeconds(4 * 3600);
    world.tick();
    world.alice.faults = SimFaults.NONE;
    world.alice.step();
    assertThat(world.alice.hasSigned(StepKey.Kind.LOCK)).isTrue();
    assertThat(world.first.mempool()).isEmpty();
    assertThat(world.alice.status()).isEqualTo(SwapStatus.ABORTED);
  }

  @Test
  void aSecondPaymentOfTheLockComesBack() {
    World world = Direction.UTXO_TO_ACCOUNT.world();
    world.alice.step();
    world.tick();
    SwapTerms terms = world.alice.driver.orElseThrow().view().terms();
    var again =
        Async.await(
            world
                .alice
                .htlc(world.first)
                .prepareLock(terms.htlcTerms(0), world.alice.wallet(world.first)));
    Async.await(world.alice.ports(world.first).transactions().broadcast(again.raw()));
    for (int i = 0; i < 250; i++) {
      world.alice.step();
      world.tick();
    }
    assertThat(world.alice.status()).isEqualTo(SwapStatus.REFUNDED);
    assertThat(world.balance(world.alice, world.first).plus(MAX_FEES))
        .isGreaterThan(World.wealth());
  }

  @Test
  void whatTheRecoveryFileSaysIsEnough() {
    World world = Direction.UTXO_TO_ACCOUNT.world();
    world.alice.step();
    world.tick();
    RecoveryFile file = RecoveryFile.parse(world.alice.recovery.getFirst().toJson()).orThrow();
    ChainPorts ports = world.bob.ports(world.first);
    assertThat(file.refund(ports, world.alice.seed).isAccepted()).isFalse();
    assertThat(file.refund(ports, world.bob.seed)).isInstanceOf(Verdict.Rejected.class);
    world.time.advanceSeconds(6 * 3600);
    for (int i = 0; i < 12; i++) {
      world.tick();
    }
    assertThat(file.refund(ports, world.alice.seed).isAccepted()).isTrue();
    world.tick();
    assertThat(world.balance(world.alice, world.first).plus(MAX_FEES))
        .isGreaterThan(World.wealth());
    assertThat(world.alice.recovery.getFirst().toJson())
        .doesNotContain(world.secret().toHex())
        .doesNotContain(world.alice.seed.toHex());
  }

  @Test
  void noSecretIsWrittenBeforeTheChainShowsIt() {
    World world = Direction.UTXO_TO_ACCOUNT.world();
    while (!world.alice.hasSigned(StepKey.Kind.CLAIM)) {
      String written =
          String.join(
              "", world.alice.journal.entries.stream().map(e -> e.toBytes().toHex()).toList());
      assertThat(written).doesNotContain(world.secret().toHex());
      world.alice.step();
      world.bob.step();
      world.tick();
    }
    assertThat(world.alice.status()).isEqualTo(SwapStatus.REDEEMING);
  }

  private static void runWithCrashes(World world) {
    for (int i = 0; i < 80 && !(isEnd(world.alice) && isEnd(world.bob)); i++) {
      stepOrCrash(world.alice);
      stepOrCrash(world.bob);
      world.tick();
    }
  }

  private static boolean isEnd(Party party) {
    return party.status().isEnd();
  }

  private static void stepOrCrash(Party party) {
    try {
      party.step();
    } catch (Crash crash) {
      party.restart();
    }
  }

  private static void assertPaid(World world) {
    assertThat(world.balance(world.alice, world.second).plus(MAX_FEES))
        .isGreaterThan(World.wealth().plus(World.SECOND));
    assertThat(world.balance(world.bob, world.first).plus(MAX_FEES))
        .isGreaterThan(World.wealth().plus(World.FIRST));
    assertThat(world.balance(world.alice, world.first).plus(MAX_FEES))
        .as("paid once")
        .isGreaterThan(World.wealth().minus(World.FIRST));
    assertThat(world.balance(world.bob, world.second).plus(MAX_FEES))
        .as("paid once")
        .isGreaterThan(World.wealth().minus(World.SECOND));
  }

  /** Never poorer than fees, or paid in full for what went. */
  private static void assertUnharmed(World world, Party honest, String when) {
    SimChain own = honest == world.alice ? world.first : world.second;
    SimChain other = honest == world.alice ? world.second : world.first;
    Amount due = honest == world.alice ? World.SECOND : World.FIRST;
    boolean whole = world.balance(honest, own).plus(MAX_FEES).isMoreThan(World.wealth());
    boolean paid = world.balance(honest, other).plus(MAX_FEES).isMoreThan(World.wealth().plus(due));
    assertThat(whole || paid).as(when).isTrue();
    assertThat(honest.status())
        .as(when)
        .isIn(SwapStatus.COMPLETED, SwapStatus.REFUNDED, SwapStatus.ABORTED);
  }

  private static void assertSignedOnce(Party party) {
    Map<StepKey, String> seen = new HashMap<>();
    Consumer<JournalRecord.Signed> check =
        s -> assertThat(seen.put(s.key(), s.raw().toHex())).as("%s", s.key()).isNull();
    Stream.of(party.journal.entries)
        .flatMap(List::stream)
        .filter(JournalRecord.Signed.class::isInstance)
        .map(JournalRecord.Signed.class::cast)
        .forEach(check);
  }

  /** The process is gone. */
  static final class Crash extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** Fires once, at the given count. */
  private static final class Countdown {
    private int left;

    Countdown(int left) {
      this.left = left;
    }

    boolean due() {
      return left-- == 0;
    }

    void fire(boolean enabled) {
      if (enabled && due()) {
        throw new Crash();
      }
    }
  }
}
