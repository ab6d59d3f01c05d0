package dev.trestle.htlc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FramedLogTest {
  @TempDir Path folder;

  private Path write(int records) {
    Path file = folder.resolve("log-" + records);
    try (FramedLog log = FramedLog.open(file)) {
      for (int i = 0; i < records; i++) {
        log.append(payload(i));
      }
    }
    return file;
  }

  private static Bytes payload(int number) {
    return Bytes.utf8("record " + number);
  }

  private static List<Bytes> read(Path file) {
    try (FramedLog log = FramedLog.open(file)) {
      return log.replayed();
    }
  }

  @Test
  void whatWasAppendedIsThereAgain() {
    assertThat(read(write(5)))
        .containsExactly(payload(0), payload(1), payload(2), payload(3), payload(4));
  }

  @Test
  void aTornEndIsCutOffAtEveryByte() throws IOException {
    byte[] whole = Files.readAllBytes(write(3));
    byte[] two = Files.readAllBytes(write(2));
    for (int size = 0; size < whole.length; size++) {
      Path torn = folder.resolve("torn");
      Files.write(torn, Arrays.copyOf(whole, size));
      List<Bytes> left = read(torn);
      assertThat(left.size()).isLessThan(3);
      assertThat(left.size() >= 2).isEqualTo(size >= two.length);
      try (FramedLog log = FramedLog.open(torn)) {
        log.append(Bytes.utf8("after"));
      }
      assertThat(read(torn)).hasSize(left.size() + 1).endsWith(Bytes.utf8("after"));
    }
  }

  @Test
  void aChangedBitInDurableRecordsIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(write(3));
    int endOfSecond = Files.readAllBytes(write(2)).length;
    for (int at = 0; at < endOfSecond; at++) {
      byte[] changed = whole.clone();
      changed[at] ^= 0x10;
      Path file = folder.resolve("changed");
      Files.write(file, changed);
      assertThatThrownBy(() -> read(file))
          .as("byte %d", at)
          .isInstanceOf(JournalException.class)
          .hasMessageContaining("corrupt");
    }
  }

  @Test
  void twoProcessesCannotHaveIt() {
    Path file = write(1);
    try (FramedLog log = FramedLog.open(file)) {
      assertThatThrownBy(() -> FramedLog.open(file))
          .isInstanceOf(JournalException.class)
          .hasMessageContaining("in-use");
      assertThat(log.replayed()).hasSize(1);
    }
  }

  @Test
  void manyWritersShareTheDisk() throws InterruptedException {
    Path file = folder.resolve("many");
    List<Thread> writers = new ArrayList<>();
    try (FramedLog log = FramedLog.open(file)) {
      for (int w = 0; w < 16; w++) {
        int writer = w;
        writers.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      for (int i = 0; i < 20; i++) {
                        log.append(payload(writer * 100 + i));
                      }
                    }));
      }
      for (Thread writer : writers) {
        writer.join();
      }
    }
    List<Bytes> all = read(file);
    assertThat(all).hasSize(320);
    assertThat(new HashSet<>(all)).hasSize(320);
    for (int w = 0; w < 16; w++) {
      assertThat(all.indexOf(payload(w * 100))).isLessThan(all.indexOf(payload(w * 100 + 19)));
    }
  }

  @Test
  void afterClosingNothingIsAppended() {
    FramedLog log = FramedLog.open(folder.resolve("closed"));
    log.close();
    assertThatThrownBy(() -> log.append(payload(1))).isInstanceOf(JournalException.class);
  }
}
