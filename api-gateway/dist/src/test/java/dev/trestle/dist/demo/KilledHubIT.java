package dev.trestle.dist.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class KilledHubIT {
  @TempDir Path cache;

  @Test
  @Timeout(value = 8, unit = TimeUnit.MINUTES)
  void swapAndTransferEndWell() throws Exception {
    DemoRun run = DemoRun.of(cache, "--fault", "kill-hub");
    assertThat(run.exit()).as(run.output()).isZero();
    assertThat(run.summary().path("swap").asString()).isEqualTo("succeeded");
    assertThat(run.summary().path("transfer").asString()).isEqualTo("settled");
    List<String> faults =
        run.events().stream()
            .filter(event -> event.path("job").asString("").equals("fault"))
            .map(event -> event.path("text").asString())
            .toList();
    // without the strike the run would prove nothing
    assertThat(faults).hasSize(2);
    assertThat(faults.getLast()).startsWith("the hub is back at height ");
    assertThat(run.leftOvers()).isEmpty();
  }
}
