package dev.trestle.notary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitteeServiceTest {
  @TempDir Path folder;

  @Test
  void runsAgainAndAgainAlsoAfterAFault() throws InterruptedException {
    CountDownLatch runs = new CountDownLatch(3);
    World world =
        new World() {
          @Override
          public List<AttestedChain> attestedChains() {
            runs.countDown();
            throw new IllegalStateException("a bug");
          }
        };
    try (EquivocationGuard guard = world.newGuard(folder, 0);
        CommitteeService service =
            new CommitteeService(
                world.member(0, new FakeEvm("main"), guard), Duration.ofMillis(50))) {
      assertThat(service).isNotNull();
      assertThat(runs.await(30, TimeUnit.SECONDS)).isTrue();
      assertThatThrownBy(
              () ->
                  new CommitteeService(
                      world.member(0, new FakeEvm("main"), guard), Duration.ofMillis(49)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
