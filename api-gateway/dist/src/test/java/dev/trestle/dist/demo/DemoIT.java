package dev.trestle.dist.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class DemoIT {
  @TempDir Path cache;

  @Test
  @Timeout(value = 8, unit = TimeUnit.MINUTES)
  void doesTheThreeJobsAndLeavesNothingRunning() throws Exception {
    DemoRun run = DemoRun.of(cache);
    assertThat(run.exit()).as(run.output()).isZero();
    assertThat(run.events()).allSatisfy(event -> assertThat(event.has("event")).isTrue());
    JsonNode summary = run.summary();
    assertThat(summary.path("event").asString()).isEqualTo("summary");
    assertThat(summary.path("ok").asBoolean()).isTrue();
    assertThat(summary.path("swap").asString()).isEqualTo("succeeded");
    assertThat(summary.path("transfer").asString()).isEqualTo("settled");
    assertThat(summary.path("register").asString()).isEqualTo("active");
    // three chain nodes, four validators, the members and the gateway
    assertThat(run.processes()).isGreaterThanOrEqualTo(9);
    assertThat(run.leftOvers()).isEmpty();
  }
}
