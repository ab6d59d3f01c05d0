package dev.trestle.relay.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.relay.simulation.Scenario.Attack;
import dev.trestle.relay.simulation.Scenario.CrashPoint;
import dev.trestle.relay.simulation.Scenario.Machines;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One machine fails at each of its writes in turn: log record, log sync, sign guard, block store.
 */
class CrashPointsTest {
  private static final int WRITES = 90;

  @ParameterizedTest
  @EnumSource(Disk.Failure.class)
  void everyWriteMayBeTheLast(Disk.Failure failure) {
    long struck = 0;
    for (Attack attack : new Attack[] {Attack.NONE, Attack.SILENT, Attack.EQUIVOCATOR}) {
      for (int write = 0; write < WRITES; write++) {
        for (int node = 0; node < 3; node++) {
          struck += run(attack, new CrashPoint(node, write, failure));
        }
      }
    }
    // with few heights a machine may not come to its last writes
    assertThat(struck).isGreaterThan(3L * 3 * WRITES * 8 / 10);
  }

  private static long run(Attack attack, CrashPoint point) {
    Scenario scenario =
        Scenario.calm(point.write() + 1L, attack).with(new Machines(0, 0, 0, Optional.of(point)));
    Report report = World.run(scenario);
    assertThat(report.violation()).as("%s", scenario).isEmpty();
    assertThat(report.faults().crashes()).isLessThanOrEqualTo(1);
    return report.faults().crashes();
  }
}
