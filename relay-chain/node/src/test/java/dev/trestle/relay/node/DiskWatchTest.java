package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.TrestleException;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DiskWatchTest {
  private static final long MB = 1 << 20;

  private final AtomicLong free = new AtomicLong();

  private boolean at(DiskWatch watch, long bytes) {
    free.set(bytes);
    boolean paused = watch.look();
    assertThat(watch.view().paused()).isEqualTo(paused);
    assertThat(watch.view().freeBytes()).isEqualTo(bytes);
    return paused;
  }

  @Test
  void pausesBelowTheLimitAndResumesWithSomeRoomAboveIt() {
    DiskWatch watch = new DiskWatch(free::get, 80);
    assertThat(at(watch, 80 * MB)).isFalse();
    assertThat(at(watch, 80 * MB - 1)).isTrue();
    assertThat(at(watch, 80 * MB)).as("not yet").isTrue();
    assertThat(at(watch, 90 * MB - 1)).isTrue();
    assertThat(at(watch, 90 * MB)).isFalse();
    assertThat(at(watch, 80 * MB)).isFalse();
  }

  @Test
  void withoutALimitItNeverPausesButAFullDiskHasNoRoom() {
    DiskWatch watch = new DiskWatch(free::get, 0);
    assertThat(at(watch, 0)).isFalse();
    assertThat(watch.hasRoom()).isFalse();
    free.set(MB);
    assertThat(watch.hasRoom()).isTrue();
  }

  @Test
  void knowsAFullDiskBehindAFault() {
    Throwable full =
        new TrestleException(
            NodeReason.STORAGE_FAULT,
            "cannot append to the write-ahead log",
            new IOException("No space left on device"));
    assertThat(DiskSpace.isFull(new IllegalStateException(full))).isTrue();
    assertThat(
            DiskSpace.isFull(
                new TrestleException(
                    NodeReason.STORAGE_FAULT, "cannot force", new IOException("I/O error"))))
        .isFalse();
  }
}
