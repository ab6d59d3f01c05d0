package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriteAheadLogTest {
  @TempDir Path temp;

  private static Bytes payload(int seed) {
    return Bytes.utf8("record " + "x".repeat(seed * 7 % 40) + seed);
  }

  private static List<WalRecord> write(Path directory, int count) {
    List<WalRecord> written = new ArrayList<>();
    try (WriteAheadLog log = WriteAheadLog.open(directory).log()) {
      for (int i = 0; i < count; i++) {
        long lsn = log.append(1 + i % 3, payload(i));
        written.add(new WalRecord(lsn, 1 + i % 3, payload(i)));
      }
      log.sync();
    }
    return written;
  }

  private static WriteAheadLog.Recovery reopen(Path directory) {
    WriteAheadLog.Recovery recovery = WriteAheadLog.open(directory);
    recovery.log().close();
    return recovery;
  }

  private static Path onlySegment(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> segments = files.filter(f -> f.toString().endsWith(".wal")).toList();
      assertThat(segments).hasSize(1);
      return segments.getFirst();
    }
  }

  private Path copyWith(byte[] segment, String name, String fileName) throws IOException {
    Path directory = Files.createDirectories(temp.resolve(name));
    Files.write(directory.resolve(fileName), segment);
    return directory;
  }

  @Test
  void givesBackWhatWasWrittenAndGoesOn() {
    Path directory = temp.resolve("wal");
    List<WalRecord> first = write(directory, 5);
    assertThat(reopen(directory).records()).isEqualTo(first);
    List<WalRecord> second = write(directory, 3);
    assertThat(second.getFirst().lsn()).isEqualTo(5);
    List<WalRecord> all = new ArrayList<>(first);
    all.addAll(second);
    WriteAheadLog.Recovery recovery = reopen(directory);
    assertThat(recovery.records()).isEqualTo(all);
    assertThat(recovery.damaged()).isFalse();
  }

  @Test
  void cutAnywhereKeepsEveryWholeRecordAndIsNoDamage() throws IOException {
    Path directory = temp.resolve("wal");
    List<WalRecord> written = write(directory, 6);
    Path segment = onlySegment(directory);
    byte[] bytes = Files.readAllBytes(segment);
    for (int length = 0; length <= bytes.length; length++) {
      Path copy =
          copyWith(
              java.util.Arrays.copyOf(bytes, length),
              "cut" + length,
              segment.getFileName().toString());
      int at = WalFormat.SEGMENT_HEADER_BYTES;
      int whole = 0;
      while (whole < written.size() && at + WalFormat.encodedSize(written.get(whole)) <= length) {
        at += WalFormat.encodedSize(written.get(whole++));
      }
      WriteAheadLog.Recovery recovery = WriteAheadLog.open(copy);
      assertThat(recovery.damaged()).as("cut at %d", length).isFalse();
      assertThat(recovery.records()).as("cut at %d", length).isEqualTo(written.subList(0, whole));
      // the log goes on behind the cut, and what it appends is read back
      long lsn = recovery.log().append(9, payload(99));
      recovery.log().sync();
      recovery.log().close();
      List<WalRecord> after = reopen(copy).records();
      assertThat(after).hasSize(whole + 1);
      assertThat(after.getLast()).isEqualTo(new WalRecord(lsn, 9, payload(99)));
    }
  }

  @Test
  void aFlippedBitNeverChangesARecordAndIsDamageUnlessItLooksLikeATornTail() throws IOException {
    Path directory = temp.resolve("wal");
    List<WalRecord> written = write(directory, 4);
    Path segment = onlySegment(directory);
    byte[] bytes = Files.readAllBytes(segment);
    int lastRecord = bytes.length - WalFormat.encodedSize(written.getLast());
    for (int i = 0; i < bytes.length; i++) {
      byte[] flipped = bytes.clone();
      flipped[i] ^= 0x10;
      Path copy = copyWith(flipped, "flip" + i, segment.getFileName().toString());
      WriteAheadLog.Recovery recovery = reopen(copy);
      if (recovery.damaged()) {
        assertThat(recovery.records()).as("flip at %d", i).isEmpty();
      } else {
        // only the length of the very last record can make it look cut off
        assertThat(i).isBetween(lastRecord, lastRecord + 3);
        assertThat(recovery.records()).isEqualTo(written.subList(0, written.size() - 1));
      }
    }
  }

  @Test
  void damageIsReportedUntilItIsAcknowledged() throws IOException {
    Path directory = temp.resolve("wal");
    write(directory, 4);
    Path segment = onlySegment(directory);
    byte[] bytes = Files.readAllBytes(segment);
    bytes[WalFormat.SEGMENT_HEADER_BYTES + 20] ^= 1;
    Files.write(segment, bytes);
    assertThat(reopen(directory).damaged()).isTrue();
    WriteAheadLog.Recovery again = WriteAheadLog.open(directory);
    assertThat(again.damaged()).isTrue();
    again.log().append(1, payload(1));
    again.log().acknowledgeDamage();
    again.log().close();
    WriteAheadLog.Recovery healed = reopen(directory);
    assertThat(healed.damaged()).isFalse();
    assertThat(healed.records()).hasSize(1);
    assertThat(healed.records().getFirst().lsn()).isGreaterThan(3);
  }

  @Test
  void segmentsRollArePrunedAndAMissingOneIsDamage() throws IOException {
    Path directory = temp.resolve("wal");
    WriteAheadLog log = WriteAheadLog.open(directory, 200).log();
    for (int i = 0; i < 20; i++) {
      log.append(1, payload(i));
    }
    log.sync();
    log.close();
    assertThat(WriteAheadLog.open(directory, 200).records()).hasSize(20);
    WriteAheadLog.Recovery recovery = WriteAheadLog.open(directory, 200);
    recovery.log().prune(10);
    recovery.log().close();
    WriteAheadLog.Recovery pruned = reopen(directory);
    assertThat(pruned.damaged()).isFalse();
    assertThat(pruned.records().getFirst().lsn()).isBetween(1L, 10L);
    assertThat(pruned.records().getLast().lsn()).isEqualTo(19);
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> segments = files.sorted().toList();
      assertThat(segments).hasSizeGreaterThan(2);
      Files.delete(segments.get(1));
    }
    assertThat(reopen(directory).damaged()).isTrue();
  }

  @Test
  void theFormatIsTheGoldenOne() throws IOException {
    Path directory = temp.resolve("wal");
    try (WriteAheadLog log = WriteAheadLog.open(directory).log()) {
      log.append(1, Bytes.utf8("trestle"));
      log.append(2, Bytes.EMPTY);
      log.sync();
    }
    assertThat(Bytes.of(Files.readAllBytes(onlySegment(directory))))
        .isEqualTo(Golden.hex("wal-v1.hex"));
  }
}
