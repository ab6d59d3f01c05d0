package dev.trestle.dist.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.dist.TrestleMain;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SimulateTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    CommandLine line = TrestleMain.commandLine();
    line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return line.execute(arguments);
  }

  @Test
  void oneLineSaysWhatTheRunsCameTo() {
    assertThat(run("simulate", "relay", "--seeds", "20")).isZero();
    assertThat(out.toString())
        .matches(
            "seeds 20 from 1, heights \\d+, violations 0, audit [0-9a-f]{16}, \\d+ seeds/s\\R");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void aSeedCanBeReplayed() {
    assertThat(run("simulate", "relay", "--seed", "7", "--json")).isZero();
    JsonNode first = new JsonMapper().readTree(out.toString());
    assertThat(run("simulate", "relay", "--seed", "7", "--json", "--threads", "1")).isZero();
    JsonNode second = new JsonMapper().readTree(out.toString());
    assertThat(first.get("seeds").asInt()).isEqualTo(1);
    assertThat(second.get("audit").asString()).isEqualTo(first.get("audit").asString());
  }

  @Test
  void aViolationIsExitCode8AndNamesItsSeed() {
    assertThat(run("simulate", "relay", "--seeds", "500", "--flaw", "quorum-minus-one"))
        .isEqualTo(8);
    assertThat(out.toString()).contains("violations 1");
    assertThat(err.toString())
        .contains("violates S")
        .containsPattern("replay: ./trestle simulate relay --seed \\d+ --flaw quorum-minus-one");
  }

  @Test
  void swapsHaveTheirOwnLine() {
    assertThat(run("simulate", "swaps", "--seeds", "20")).isZero();
    assertThat(out.toString())
        .matches(
            "seeds 20 from 1, parties paid \\d+, refunded \\d+, aborted \\d+, violations 0,"
                + " audit [0-9a-f]{16}, \\d+ seeds/s\\R");
    assertThat(err.toString()).isEmpty();
    assertThat(run("simulate", "swaps", "--seed", "7", "--json")).isZero();
    assertThat(new JsonMapper().readTree(out.toString()).get("seeds").asInt()).isEqualTo(1);
  }

  @Test
  void aLostSwapIsExitCode8AndIsTold() {
    assertThat(run("simulate", "swaps", "--seeds", "2000", "--flaw", "two-engines")).isEqualTo(8);
    assertThat(out.toString()).contains("violations 1");
    assertThat(err.toString())
        .contains("its journal does not hold", "LOCK_SIGNED")
        .containsPattern("replay: ./trestle simulate swaps --seed \\d+ --flaw two-engines");
    assertThat(run("simulate", "swaps", "--flaw", "list")).isZero();
    assertThat(out.toString()).contains("preimage-by-position");
  }

  @Test
  void wrongUsageIsExitCode2() {
    assertThat(run("simulate", "relay", "--flaw", "nothing-like-it")).isEqualTo(2);
    assertThat(err.toString()).contains("no flaw is named").contains("lowest-prepared");
    assertThat(run("simulate", "relay", "--seeds", "0")).isEqualTo(2);
    assertThat(run("simulate")).isEqualTo(2);
    assertThat(run("simulate", "relay", "--flaw", "list")).isZero();
    assertThat(out.toString()).contains("stale-epoch-set");
  }

  @Test
  void wholeNodesAreSimulatedAsWell() {
    assertThat(run("simulate", "relay", "--whole-node", "--seeds", "2")).isZero();
    assertThat(out.toString())
        .matches(
            "whole nodes: seeds 2 from 1, heights \\d+, transactions \\d+, violations 0,"
                + " audit [0-9a-f]{16}, \\d+\\.\\d seeds/s\\R");
    assertThat(err.toString()).isEmpty();
    assertThat(run("simulate", "relay", "--whole-node", "--flaw", "list")).isZero();
    assertThat(out.toString()).contains("certificate-unchecked");
    assertThat(run("simulate", "relay", "--whole-node", "--flaw", "quorum-minus-one")).isEqualTo(2);
  }

  @Test
  void aViolationOfWholeNodesIsExitCode8AndNamesItsSeed() {
    assertThat(
            run(
                "simulate",
                "relay",
                "--whole-node",
                "--seeds",
                "100",
                "--flaw",
                "certificate-unchecked",
                "--json"))
        .isEqualTo(8);
    JsonNode document = new JsonMapper().readTree(out.toString());
    assertThat(document.get("violations").asInt()).isEqualTo(1);
    assertThat(document.get("violation").get("what").asString()).startsWith("W");
    assertThat(err.toString())
        .containsPattern(
            "replay: ./trestle simulate relay --whole-node --seed \\d+ --flaw certificate-unchecked");
  }
}
