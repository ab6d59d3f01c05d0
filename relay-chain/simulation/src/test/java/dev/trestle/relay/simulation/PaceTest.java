package dev.trestle.relay.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.relay.simulation.Scenario.Attack;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What dead proposers and idle chains cost. */
class PaceTest {
  private static final long MINUTE_MS = 60_000;

  private static Report run(Attack attack, int size) {
    Report report =
        World.run(
            Scenario.calm(size, attack)
                .withMembers(Membership.Change.FIXED, size, 1)
                .until(MINUTE_MS));
    assertThat(report.violation()).isEmpty();
    return report;
  }

  /** Without the rotation's memory f dead validators of n cost f of n heights a round timeout. */
  @ParameterizedTest
  @CsvSource({"4, 90", "7, 80", "21, 70"})
  void deadValidatorsHardlySlowTheOthers(int size, int percent) {
    Report whole = run(Attack.NONE, size);
    Report crippled = run(Attack.SILENT, size);
    System.out.printf(
        "%d validators, %d dead: %d heights a minute instead of %d, %d lost rounds%n",
        size,
        (size - 1) / 3,
        crippled.heights(),
        whole.heights(),
        crippled.faults().rounds() / (size - (size - 1) / 3));
    assertThat(crippled.heights() * 100).isGreaterThan(whole.heights() * percent);
  }
}
