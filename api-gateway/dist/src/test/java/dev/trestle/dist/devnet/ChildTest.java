package dev.trestle.dist.devnet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildTest {
  @TempDir Path dir;

  private final BlockingQueue<String> reports = new LinkedBlockingQueue<>();

  @Test
  void anEndThatNobodyAskedForIsReportedWithTheLog() throws Exception {
    Child child = start("echo the port is taken; exit 10");
    child.onUnexpectedEnd(reports::add);
    assertThat(reports.poll(20, TimeUnit.SECONDS))
        .contains("role ended by itself with exit code 10")
        .contains("the port is taken");
  }

  @Test
  void anEndThatWasAskedForIsNot() throws Exception {
    Child asked = start("exec sleep 600");
    asked.onUnexpectedEnd(reports::add);
    asked.kill();
    assertThat(asked.isAlive()).isFalse();
    Child after = start("exit 3");
    after.onUnexpectedEnd(reports::add);
    // the second one's report comes after what the first one's would have been
    assertThat(reports.poll(20, TimeUnit.SECONDS)).contains("exit code 3");
    assertThat(reports).isEmpty();
  }

  private Child start(String script) {
    return Child.start(
        new ProcessRegistry(dir.resolve("processes")),
        "role",
        dir.resolve("role.log"),
        List.of("sh", "-c", script),
        Map.of());
  }
}
