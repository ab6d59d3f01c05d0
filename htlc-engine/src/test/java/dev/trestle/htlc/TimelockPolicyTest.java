package dev.trestle.htlc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.ChainProfile.Timing;
import dev.trestle.adapter.sim.SimChain.Flavor;
import dev.trestle.base.Verdict;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimelockPolicyTest {
  private static final long MINUTE = 60;
  private static final long NOW = World.START;

  /**
   * Bitcoin's quantiles at 1e-6, six hours of outage. Where the expiry is hard, the fifteen minutes
   * in which a claim dated before it can still be brought in by a reorganisation count, too.
   */
  @Test
  void theWorkedExamples() {
    Timing bitcoin =
        new Timing(
            138 * MINUTE, 167 * MINUTE, 274 * MINUTE, 87 * MINUTE, 70 * MINUTE, 20 * MINUTE, true);
    Timing ethereum =
        new Timing(
            5 * MINUTE, 5 * MINUTE, 5 * MINUTE, 15 * MINUTE, 15 * MINUTE, 10 * MINUTE, false);
    TimelockPolicy policy = new TimelockPolicy(360 * MINUTE, 0);
    assertThat(policy.requiredGap(bitcoin, ethereum)).isEqualTo((659 + 15) * MINUTE);
    assertThat(policy.requiredGap(ethereum, bitcoin)).isEqualTo(841 * MINUTE);
    assertThat(policy.window(1, List.of(bitcoin, ethereum)))
        .isEqualTo((5 + 15 + 360 + 5 + 15 + 10) * MINUTE);
    assertThat(policy.window(0, List.of(bitcoin, ethereum)))
        .isEqualTo((138 + 87 + 360 + 5 + 15 + 360 + 5 + 15 + 10) * MINUTE);
  }

  @Test
  void oneSecondLessThanTheGapIsRefused() {
    long seed = Long.getLong("seed", 42L);
    Random random = new Random(seed);
    World world = new World(Flavor.UTXO, Flavor.ACCOUNT);
    for (int i = 0; i < 5_000; i++) {
      List<Timing> timings = List.of(timing(random), timing(random));
      TimelockPolicy policy = new TimelockPolicy(random.nextInt(50_000), random.nextInt(1000));
      long gap = policy.requiredGap(timings.get(0), timings.get(1));
      long last = NOW + policy.window(0, timings);
      String run = "seed " + seed + ", case " + i;
      assertThat(verdict(world, policy, timings, last + gap, last, NOW, 0).isAccepted())
          .as(run)
          .isTrue();
      Verdict<TimelockPolicy.Assessment> shorter =
          verdict(world, policy, timings, last + gap - 1, last, NOW, 0);
      assertThat(shorter).as(run).isInstanceOf(Verdict.Rejected.class);
      assertThat(shorter.toString()).contains("UNSAFE_TIMELOCK").contains("1 s are missing");
      assertThat(verdict(world, policy, timings, last + gap, last, NOW + 1, 0).isAccepted())
          .as(run + ": a second late")
          .isFalse();
      long window = policy.window(1, timings);
      assertThat(verdict(world, policy, timings, last + gap, last, last - window, 1).isAccepted())
          .isTrue();
      assertThat(
              verdict(world, policy, timings, last + gap, last, last - window + 1, 1).isAccepted())
          .isFalse();
    }
  }

  @Test
  void aProposalIsSafeUntilItsStartWindowEnds() {
    World world = new World(Flavor.ACCOUNT, Flavor.UTXO);
    SwapTerms terms = world.terms(World.POLICY.propose(NOW, world.profiles()));
    assertThat(World.POLICY.check(terms, NOW, world.profiles()).isAccepted()).isTrue();
    long end = NOW + World.POLICY.startWindowSeconds();
    assertThat(World.POLICY.check(terms, end, world.profiles()).isAccepted()).isTrue();
    assertThat(World.POLICY.check(terms, end + 1, world.profiles()).isAccepted()).isFalse();
  }

  @Test
  void aSoftLegNeedsAWholeRefundMore() {
    Timing hard = new Timing(1, 2, 100, 10, 3, 0, false);
    Timing soft = new Timing(1, 2, 100, 10, 3, 0, true);
    TimelockPolicy policy = new TimelockPolicy(0, 0);
    assertThat(policy.requiredGap(hard, soft) - policy.requiredGap(hard, hard)).isEqualTo(100);
    assertThat(policy.requiredGap(soft, hard)).isEqualTo(policy.requiredGap(hard, hard));
  }

  @Test
  void coinsAreNotLockedForMonths() {
    World world = new World(Flavor.UTXO, Flavor.ACCOUNT);
    long far = NOW + TimelockPolicy.MAX_LOCK_SECONDS + 1;
    SwapTerms terms = world.terms(List.of(far, NOW + 100_000));
    assertThat(World.POLICY.check(terms, NOW, world.profiles()).toString())
        .contains("LOCKED_TOO_LONG");
    assertThatThrownBy(() -> new TimelockPolicy(-1, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Verdict<TimelockPolicy.Assessment> verdict(
      World world,
      TimelockPolicy policy,
      List<Timing> timings,
      long first,
      long second,
      long now,
      int leg) {
    return policy.check(world.terms(List.of(first, second)), now, timings, leg);
  }

  private static Timing timing(Random random) {
    return new Timing(
        random.nextInt(20_000),
        random.nextInt(20_000),
        random.nextInt(20_000),
        random.nextInt(20_000),
        random.nextInt(5_000),
        random.nextInt(2_000),
        random.nextBoolean());
  }
}
