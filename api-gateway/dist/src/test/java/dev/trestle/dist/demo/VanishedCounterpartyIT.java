package dev.trestle.dist.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class VanishedCounterpartyIT {
  @TempDir Path cache;

  @Test
  @Timeout(value = 8, unit = TimeUnit.MINUTES)
  void bothSidesAreRefunded() throws Exception {
    DemoRun run = DemoRun.of(cache, "--fault", "counterparty-vanishes");
    assertThat(run.exit()).as(run.output()).isZero();
    assertThat(run.summary().path("swap").asString()).isEqualTo("refunded");
    assertThat(run.leftOvers()).isEmpty();
  }
}
