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
    Tools.Outcome outcome = forge();
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    Matcher summary = SUMMARY.matcher(outcome.output());
    assertThat(summary.find()).as(outcome.output()).isTrue();
    assertThat(Integer.parseInt(summary.group(1))).isGreaterThanOrEqualTo(160);
    assertThat(summary.group(2)).isEqualTo("0");
    assertThat(summary.group(3)).isEqualTo("0");
  }

  private static Tools.Outcome forge() throws Exception {
    return Tools.run(
        List.of(Tools.fromEnvironment("FORGE").toString(), "test"),
        Map.of("SOLC_JS", Tools.fromEnvironment("SOLC_JS").toString(), "NO_COLOR", "1"),
        SECONDS);
  }
}
