package dev.trestle.relay.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.relay.simulation.Scenario.Attack;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Half an hour without a quorum, in virtual time. Timers that double in each round would be at
 * hours by then; these are capped, and who comes back is met where the others are.
 */
class OutageTest {
  private static final long HALF_AN_HOUR_MS = 30 * 60_000L;

  /** The longest round of the simulation, and five seconds. */
  private static final long RECOVERY_MS = 8_000 + 5_000;

  private static final int SEEDS = 5;

  private static Scenario calm(long seed, int size, long healAtMs) {
    return Scenario.calm(seed, Attack.NONE)
        .withMembers(Membership.Change.FIXED, size, 1)
        .until(healAtMs);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 7, 10})
  void aBlockComesSoonAfterAQuorumIsBack(int size) {
    int down = (size - 1) / 3 + 1;
    long slowest = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      World.Outage outage = World.outage(calm(seed, size, HALF_AN_HOUR_MS), down);
      assertThat(outage.heights()).as("what had begun may end").isLessThanOrEqualTo(1);
      slowest = Math.max(slowest, outage.recoveryMs());
    }
    System.out.printf("%d of %d away for half an hour: a block after %d ms%n", down, size, slowest);
    assertThat(slowest).isLessThan(RECOVERY_MS);
  }

  /** The control: with one fewer away there is a quorum, and no outage. */
  @Test
  void withAQuorumTheChainGoesOn() {
    assertThat(World.outage(calm(1, 4, 30_000), 1).heights()).isGreaterThan(20);
    assertThat(World.outage(calm(1, 4, 30_000), 2).heights()).isLessThanOrEqualTo(1);
  }
}
