package dev.trestle.dist.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.dist.devnet.DevnetException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class HubKillerTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final DemoPrinter out =
      new DemoPrinter(new PrintStream(printed, true, StandardCharsets.UTF_8), false);
  private final AtomicInteger kills = new AtomicInteger();

  private static CompletableFuture<String> job(ExecutorService jobs, Runnable work) {
    return CompletableFuture.supplyAsync(
        () -> {
          work.run();
          return "done";
        },
        jobs);
  }

  @Test
  void strikesOnceWhenBothJobsAreUnderWay() {
    CountDownLatch back = new CountDownLatch(1);
    HubKiller killer =
        new HubKiller(
            kills::incrementAndGet,
            () -> {
              back.countDown();
              return 7;
            },
            out);
    Runnable work =
        () -> {
          killer.isUnderWay();
          Waiting.on(back, "the hub");
        };
    try (ExecutorService jobs = Executors.newVirtualThreadPerTaskExecutor()) {
      killer.awaitEnd(jobs, List.of(job(jobs, work), job(jobs, work)));
    }
    assertThat(kills).hasValue(1);
    assertThat(printed.toString(StandardCharsets.UTF_8)).contains("the hub is back at height 7");
  }

  @Test
  void aHubThatDoesNotComeBackEndsJobsThatWouldWaitForIt() {
    HubKiller killer =
        new HubKiller(
            kills::incrementAndGet,
            () -> {
              throw new DevnetException("gateway was not ready");
            },
            out);
    Runnable work =
        () -> {
          killer.isUnderWay();
          Waiting.on(new CountDownLatch(1), "settlement");
        };
    assertThatThrownBy(
            () -> {
              try (ExecutorService jobs = Executors.newVirtualThreadPerTaskExecutor()) {
                killer.awaitEnd(jobs, List.of(job(jobs, work), job(jobs, work)));
              }
            })
        .cause()
        .hasMessageContaining("did not come back")
        .hasMessageContaining("gateway was not ready");
    assertThat(kills).hasValue(1);
  }

  @Test
  void aJobThatFailsByItselfIsNamed() {
    HubKiller killer = new HubKiller(kills::incrementAndGet, () -> 7, out);
    Runnable work =
        () -> {
          throw new DevnetException("no funds");
        };
    assertThatThrownBy(
            () -> {
              try (ExecutorService jobs = Executors.newVirtualThreadPerTaskExecutor()) {
                killer.awaitEnd(jobs, List.of(job(jobs, work), job(jobs, () -> {})));
              }
            })
        .cause()
        .hasMessageContaining("no funds");
    assertThat(kills).hasValue(0);
  }
}
