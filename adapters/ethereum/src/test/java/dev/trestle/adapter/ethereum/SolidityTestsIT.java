package dev.trestle.adapter.ethereum;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Runs the Solidity unit, fuzz and invariant tests. */
class SolidityTestsIT {
  private static final long SECONDS = 400;
  private static final Pattern SUMMARY =
      Pattern.compile("(\\d+) tests passed, (\\d+) failed, (\\d+) skipped");

  @Test
  void allPass() throws Exception {
    Tools.Outcome outcome = forge("default");
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    Matcher summary = SUMMARY.matcher(outcome.output());
    assertThat(summary.find()).as(outcome.output()).isTrue();
    assertThat(Integer.parseInt(summary.group(1))).isGreaterThanOrEqualTo(80);
    assertThat(summary.group(2)).isEqualTo("0");
    assertThat(summary.group(3)).isEqualTo("0");
  }

  /** The invariant test notices a contract that loses tokens which belong to a lock. */
  @Test
  void theInvariantsCatchASeededBug() throws Exception {
    Tools.Outcome outcome = forge("control");
    assertThat(outcome.exitCode()).as(outcome.output()).isNotZero();
    assertThat(outcome.output())
        .contains("[FAIL")
        .contains("invariant_lockedIsWhatTheContractHolds");
  }

  private static Tools.Outcome forge(String profile) throws Exception {
    return Tools.run(
        List.of(Tools.fromEnvironment("FORGE").toString(), "test"),
        Map.of(
            "SOLC_JS",
            Tools.fromEnvironment("SOLC_JS").toString(),
            "FOUNDRY_PROFILE",
            profile,
            "NO_COLOR",
            "1"),
        SECONDS);
  }
}
