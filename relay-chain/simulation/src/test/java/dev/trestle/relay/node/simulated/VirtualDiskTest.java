package dev.trestle.relay.node.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.relay.node.SignGuardFile;
import dev.trestle.relay.node.WalRecord;
import dev.trestle.relay.node.WriteAheadLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VirtualDiskTest {
  private final SplittableRandom random = new SplittableRandom(7);
  private Optional<Failure> next = Optional.empty();
  private Supplier<Optional<Failure>> at = () -> next;
  private final Power power = new Power(() -> at.get());
  private final VirtualDisk disk = disk(name -> false);
  private final Path folder = disk.path("/data/log");

  private VirtualDisk disk(Predicate<String> ignoresForce) {
    return new VirtualDisk(power, random.split(), ignoresForce);
  }

  private void fail(Failure failure) {
    disk.fail(failure);
    next = Optional.empty();
    power.restore();
  }

  private static FileChannel create(Path file) throws IOException {
    return FileChannel.open(
        file,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE);
  }

  private static void forceNames(Path directory) throws IOException {
    try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
      names.force(true);
    }
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(Bytes.utf8(text).toArray());
  }

  /** A file with a durable name that holds {@code forced}, and more that is not forced. */
  private Path written(String forced, String unforced) throws IOException {
    Files.createDirectories(folder);
    Path file = folder.resolve("a.txt");
    FileChannel channel = create(file);
    channel.write(bytes(forced));
    channel.force(false);
    forceNames(folder);
    channel.write(bytes(unforced));
    return file;
  }

  @Test
  void whatIsForcedIsThereAfterEveryFailure() throws IOException {
    Path file = written("forced", " and not");
    assertThat(Files.readString(file)).isEqualTo("forced and not");
    fail(Failure.POWER_LOST);
    assertThat(Files.readString(file)).isEqualTo("forced");
    assertThat(disk.losses()).isEqualTo(1);
  }

  @Test
  void aKilledProcessLosesNothingThatItHadWritten() throws IOException {
    Path file = written("forced", " and not");
    fail(Failure.KILLED);
    assertThat(Files.readString(file)).isEqualTo("forced and not");
    assertThat(disk.losses()).isZero();
  }

  @Test
  void whatAKilledProcessHadNotForcedPowerTakesLater() throws IOException {
    Path file = written("forced", " and not");
    Files.move(file, folder.resolve("b.txt"));
    fail(Failure.KILLED);
    assertThat(Files.readString(folder.resolve("b.txt"))).isEqualTo("forced and not");
    fail(Failure.POWER_LOST);
    assertThat(Files.readString(file)).isEqualTo("forced");
    assertThat(Files.exists(folder.resolve("b.txt"))).isFalse();
    assertThat(disk.losses()).isEqualTo(1);
  }

  @Test
  void aTornWriteLeavesItsBeginning() throws IOException {
    boolean cutOff = false;
    for (int i = 0; i < 20; i++) {
      Path file = written("forced", " and not");
      fail(Failure.TORN);
      String left = Files.readString(file);
      assertThat("forced and not").startsWith(left);
      assertThat(left).startsWith("forced");
      cutOff |= left.length() > 6 && left.length() < 14;
    }
    assertThat(cutOff).isTrue();
  }

  @Test
  void aScrambledWriteLeavesOtherBytes() throws IOException {
    boolean other = false;
    for (int i = 0; i < 20; i++) {
      Path file = written("forced", " and not");
      fail(Failure.SCRAMBLED);
      byte[] left = Files.readAllBytes(file);
      assertThat(left.length).isBetween(6, 14);
      other |=
          !"forced and not"
              .startsWith(new String(left, java.nio.charset.StandardCharsets.ISO_8859_1));
    }
    assertThat(other).isTrue();
  }

  @Test
  void aNameIsDurableWhenItsDirectoryIsForced() throws IOException {
    Files.createDirectories(folder);
    try (FileChannel channel = create(folder.resolve("a.txt"))) {
      channel.write(bytes("x"));
      channel.force(true);
    }
    fail(Failure.POWER_LOST);
    assertThat(Files.exists(folder.resolve("a.txt"))).isFalse();
    Path file = written("x", "");
    Files.delete(file);
    assertThat(Files.exists(file)).isFalse();
    fail(Failure.POWER_LOST);
    assertThat(Files.readString(file)).isEqualTo("x"); // that it was deleted was not forced
    Files.move(file, folder.resolve("b.txt"), StandardCopyOption.REPLACE_EXISTING);
    forceNames(folder);
    fail(Failure.POWER_LOST);
    try (var found = Files.list(folder)) {
      assertThat(found.map(Path::toString)).containsExactly("/data/log/b.txt");
    }
  }

  @Test
  void nothingIsDoneWithoutPower() throws IOException {
    Path file = written("forced", "");
    FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
    next = Optional.of(Failure.POWER_LOST);
    assertThatThrownBy(() -> channel.write(bytes("lost"))).isInstanceOf(PowerCut.class);
    next = Optional.empty(); // what has failed stays off until it is started
    assertThatThrownBy(() -> channel.force(true)).isInstanceOf(PowerCut.class);
    assertThatThrownBy(() -> Files.delete(file)).isInstanceOf(PowerCut.class);
    assertThat(power.failed()).contains(Failure.POWER_LOST);
    fail(Failure.POWER_LOST);
    assertThat(Files.readString(file)).isEqualTo("forced");
  }

  @Test
  void behavesAsFilesDo() throws IOException {
    Path file = written("12345", "");
    assertThat(Files.size(file)).isEqualTo(5);
    assertThat(Files.isDirectory(folder)).isTrue();
    assertThatThrownBy(() -> Files.createDirectory(folder))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThatThrownBy(() -> Files.readString(folder.resolve("other")))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(
            () -> FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(Files.deleteIfExists(folder.resolve("other"))).isFalse();
    FileChannel holder = FileChannel.open(file, StandardOpenOption.WRITE);
    assertThat(holder.tryLock()).isNotNull();
    FileChannel rival = FileChannel.open(file, StandardOpenOption.WRITE);
    assertThatThrownBy(rival::tryLock).isInstanceOf(OverlappingFileLockException.class);
    holder.truncate(2);
    holder.close();
    assertThat(rival.tryLock()).isNotNull();
    assertThat(Files.readString(file)).isEqualTo("12");
  }

  /** The log of production on it: what was synced is recovered, whatever happens. */
  @ParameterizedTest
  @EnumSource(
      value = Failure.class,
      names = {"KILLED", "POWER_LOST", "TORN"})
  void theWriteAheadLogKeepsWhatItHasSynced(Failure failure) {
    List<WalRecord> before = List.of();
    for (int life = 0; life < 40; life++) {
      WriteAheadLog.Recovery recovery = WriteAheadLog.open(folder);
      assertThat(recovery.damaged()).as("life %d", life).isFalse();
      assertThat(recovery.records())
          .as("life %d", life)
          .startsWith(before.toArray(WalRecord[]::new));
      for (int i = random.nextInt(4); i > 0; i--) {
        append(recovery.log());
      }
      recovery.log().sync();
      before = records();
      for (int i = random.nextInt(3); i > 0; i--) {
        append(recovery.log());
      }
      fail(failure);
    }
    assertThat(before).hasSizeGreaterThan(20);
  }

  /** Killed at each step in turn, and then the power goes: what a start has read is still there. */
  @Test
  void theWriteAheadLogKeepsWhatAStartHasRead() {
    for (int step = 1; step < 12; step++) {
      Path log = disk.path("/step" + step);
      killedAfter(
          step,
          () -> {
            WriteAheadLog first = WriteAheadLog.open(log).log();
            append(first);
            append(first);
            first.sync();
          });
      WriteAheadLog.Recovery read = WriteAheadLog.open(log);
      append(read.log());
      read.log().sync();
      fail(Failure.POWER_LOST);
      List<WalRecord> left = WriteAheadLog.open(log).records();
      assertThat(left).as("killed at step %d", step).hasSize(read.records().size() + 1);
      assertThat(left).as("killed at step %d", step).containsAll(read.records());
    }
  }

  /** The store remembers how far a guard was: one that falls behind that must not sign any more. */
  @Test
  void theSignGuardKeepsWhatAStartHasRead() {
    Path file = disk.path("/keys/guard");
    SignGuardFile.create(file, Bytes.utf8("new")).close();
    for (int step = 1; step < 4; step++) {
      killedAfter(
          step,
          () -> {
            try (SignGuardFile guard = SignGuardFile.open(file)) {
              guard.store(Bytes.utf8("signed"));
              guard.store(Bytes.utf8("again"));
            }
          });
      long read;
      try (SignGuardFile guard = SignGuardFile.open(file)) {
        read = guard.sequence();
      }
      fail(Failure.POWER_LOST);
      try (SignGuardFile guard = SignGuardFile.open(file)) {
        assertThat(guard.sequence()).as("killed at step %d", step).isEqualTo(read);
      }
    }
  }

  private void killedAfter(int steps, Runnable life) {
    AtomicInteger left = new AtomicInteger(steps);
    at = () -> left.decrementAndGet() < 0 ? Optional.of(Failure.KILLED) : Optional.empty();
    try {
      life.run();
    } catch (PowerCut _) {
      // as it was told to
    }
    at = () -> next;
    fail(Failure.KILLED);
  }

  private void append(WriteAheadLog log) {
    byte[] payload = new byte[1 + random.nextInt(50)];
    random.nextBytes(payload);
    long _ = log.append(1, Bytes.wrap(payload));
  }

  private List<WalRecord> records() {
    return WriteAheadLog.open(folder).records();
  }

  /** The control: a disk that lies about a force loses what was synced. */
  @Test
  void aDiskThatIgnoresForcesIsNoticed() {
    VirtualDisk liar = disk(name -> name.endsWith(".wal"));
    Path log = liar.path("/wal");
    WriteAheadLog open = WriteAheadLog.open(log).log();
    append(open);
    open.sync();
    liar.fail(Failure.POWER_LOST);
    assertThat(WriteAheadLog.open(log).records()).isEmpty();
  }
}
