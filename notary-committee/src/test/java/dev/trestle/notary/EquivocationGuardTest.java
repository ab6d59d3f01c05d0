package dev.trestle.notary;

import static dev.trestle.notary.KeyFileTest.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EquivocationGuardTest {
  private static final Hash32 HUB = hash("hub");
  private static final Hash32 KEY = hash("key");
  private static final ChainId CHAIN = ChainId.parse("eip155:1");

  @TempDir Path folder;

  @Test
  void oneBlockAHeightForEver() {
    EquivocationGuard.create(file(), HUB, KEY);
    try (EquivocationGuard guard = open()) {
      assertThat(guard.bind(header(7, "a")).isAccepted()).isTrue();
      assertThat(guard.bind(header(7, "a")).isAccepted()).isTrue();
      assertThat(guard.bind(header(7, "b"))).isInstanceOf(Verdict.Rejected.class);
      assertThat(guard.bind(header(8, "b")).isAccepted()).isTrue();
    }
    try (EquivocationGuard guard = open()) {
      assertThat(guard.bind(header(7, "b"))).isInstanceOf(Verdict.Rejected.class);
      assertThat(guard.attested(CHAIN, 1, 7)).contains(hash("a"));
      assertThat(guard.attested(CHAIN, 2, 7)).isEmpty();
    }
  }

  @Test
  void onePlanAReleaseAndACoin() {
    EquivocationGuard.create(file(), HUB, KEY);
    try (EquivocationGuard guard = open()) {
      assertThat(guard.bind(release("r1", "p1", "c1", "c2")).isAccepted()).isTrue();
      assertThat(guard.check(release("r2", "p2", "c3")).isAccepted()).isTrue();
    }
    try (EquivocationGuard guard = open()) {
      assertThat(guard.bind(release("r1", "p1", "c1", "c2")).isAccepted()).isTrue();
      assertThat(guard.bind(release("r1", "p2", "c3"))).isInstanceOf(Verdict.Rejected.class);
      assertThat(guard.bind(release("r2", "p2", "c3", "c2"))).isInstanceOf(Verdict.Rejected.class);
      assertThat(guard.bind(release("r2", "p2", "c3")).isAccepted()).isTrue();
    }
  }

  @Test
  void aRefusalWritesNothing() throws IOException {
    EquivocationGuard.create(file(), HUB, KEY);
    try (EquivocationGuard guard = open()) {
      guard.bind(header(7, "a"));
      guard.bind(release("r1", "p1", "c1"));
      long size = Files.size(file());
      guard.bind(header(7, "b"));
      guard.bind(header(7, "a"));
      guard.bind(release("r1", "p2", "c2"));
      guard.bind(release("r2", "p2", "c1"));
      assertThat(Files.size(file())).isEqualTo(size);
    }
  }

  @Test
  void itIsNeverStartedAnewUnnoticed() throws IOException {
    assertFails(NotaryCode.GUARD_MISSING, this::open);
    EquivocationGuard.create(file(), HUB, KEY);
    assertFails(NotaryCode.GUARD_EXISTS, () -> EquivocationGuard.create(file(), HUB, KEY));
    try (EquivocationGuard guard = open()) {
      guard.bind(header(7, "a"));
      assertFails(NotaryCode.GUARD_IN_USE, this::open);
    }
    assertFails(
        NotaryCode.GUARD_OF_ANOTHER_MEMBER,
        () -> EquivocationGuard.open(file(), HUB, hash("another key")));
    assertFails(
        NotaryCode.GUARD_OF_ANOTHER_MEMBER,
        () -> EquivocationGuard.open(file(), hash("another hub"), KEY));
    Files.delete(file());
    assertFails(NotaryCode.GUARD_MISSING, this::open);
    assertFails(NotaryCode.GUARD_ROLLED_BACK, () -> EquivocationGuard.create(file(), HUB, KEY));
  }

  @Test
  void anOlderCopyIsNoticed() throws IOException {
    EquivocationGuard.create(file(), HUB, KEY);
    bindOne(1);
    byte[] oldLog = Files.readAllBytes(file());
    byte[] oldMark = Files.readAllBytes(mark());
    bindOne(2);
    bindOne(3);
    byte[] log = Files.readAllBytes(file());
    byte[] newMark = Files.readAllBytes(mark());
    Files.write(file(), oldLog);
    assertFails(NotaryCode.GUARD_ROLLED_BACK, this::open);
    Files.write(file(), log);
    Files.write(mark(), oldMark);
    assertFails(NotaryCode.GUARD_ROLLED_BACK, this::open);
    Files.delete(mark());
    assertFails(NotaryCode.GUARD_ROLLED_BACK, this::open);
    Files.write(mark(), newMark);
    open().close();
  }

  @Test
  void everyCutThatLosesSomethingThatCountsIsNoticed() throws IOException {
    EquivocationGuard.create(file(), HUB, KEY);
    bindOne(1);
    bindOne(2);
    byte[] markOfTwo = Files.readAllBytes(mark());
    int sizeOfTwo = (int) Files.size(file());
    bindOne(3);
    Bytes whole = Bytes.wrap(Files.readAllBytes(file()));
    for (int size = 0; size < whole.size(); size++) {
      Files.write(file(), whole.slice(0, size).toArray());
      assertThatThrownBy(this::open).as("%d bytes", size).isInstanceOf(TrestleException.class);
    }
    // A record that the mark does not count yet may be torn: no signature followed it.
    for (int size = sizeOfTwo; size <= whole.size(); size++) {
      Files.write(file(), whole.slice(0, size).toArray());
      Files.write(mark(), markOfTwo);
      try (EquivocationGuard guard = open()) {
        assertThat(guard.attested(CHAIN, 1, 2)).isPresent();
        assertThat(guard.attested(CHAIN, 1, 3).isPresent()).isEqualTo(size == whole.size());
        assertThat(guard.bind(header(4, "x")).isAccepted()).isTrue();
      }
      open().close();
    }
  }

  @Test
  void everyChangedBitIsNoticed() throws IOException {
    EquivocationGuard.create(file(), HUB, KEY);
    bindOne(1);
    bindOne(2);
    for (Path path : List.of(file(), mark())) {
      byte[] good = Files.readAllBytes(path);
      for (int bit = 0; bit < 8 * good.length; bit++) {
        byte[] bad = good.clone();
        bad[bit / 8] ^= (byte) (1 << (bit % 8));
        Files.write(path, bad);
        assertThatThrownBy(this::open)
            .as("%s bit %d", path, bit)
            .isInstanceOf(TrestleException.class);
      }
      Files.write(path, good);
    }
    open().close();
  }

  @Test
  void goldenRecords() {
    assertThat(header(7, "a").encode().toHex())
        .isEqualTo(
            "01"
                + "0008"
                + "6569703135353a31"
                + "0000000000000001"
                + "0000000000000007"
                + hash("a").toHex());
    GuardRecord.Release release = release("r", "p", "c");
    assertThat(release.encode().toHex())
        .isEqualTo(
            "02"
                + "0008"
                + "6569703135353a31"
                + hash("r").toHex()
                + hash("p").toHex()
                + "00000001"
                + hash("c").toHex()
                + "00000000");
    assertThat(GuardRecord.decode(release.encode())).isEqualTo(release);
    assertThat(GuardRecord.decode(header(7, "a").encode())).isEqualTo(header(7, "a"));
  }

  /** What a killed process has said it is bound to, it is bound to. */
  @Test
  void survivesAKill() throws Exception {
    EquivocationGuard.create(file(), HUB, KEY);
    long acknowledged = 0;
    for (int round = 0; round < 3; round++) {
      Process process =
          new ProcessBuilder(
                  ProcessHandle.current().info().command().orElseThrow(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Binder.class.getName(),
                  file().toString(),
                  Long.toString(acknowledged + 1))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        for (int i = 0; i < 20 + 7 * round; i++) {
          acknowledged = Long.parseLong(String.valueOf(lines.readLine()));
        }
        process.toHandle().destroyForcibly(); // unlike the process, keeps what was printed readable
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          acknowledged = Long.parseLong(line);
        }
        process.waitFor();
      }
      try (EquivocationGuard guard = open()) {
        for (long height = 1; height <= acknowledged; height++) {
          assertThat(guard.attested(CHAIN, 1, height)).contains(hash("block " + height));
        }
        acknowledged += guard.attested(CHAIN, 1, acknowledged + 1).isPresent() ? 1 : 0;
      }
    }
    assertThat(acknowledged).isGreaterThan(60);
  }

  /** Binds itself to one block after the other and says so; run in a JVM of its own. */
  static final class Binder {
    public static void main(String[] args) {
      EquivocationGuard guard = EquivocationGuard.open(Path.of(args[0]), HUB, KEY);
      for (long height = Long.parseLong(args[1]); ; height++) {
        guard.bind(header(height, "block " + height)).orThrow();
        System.out.println(height);
      }
    }
  }

  private void bindOne(long height) {
    try (EquivocationGuard guard = open()) {
      guard.bind(header(height, "a")).orThrow();
    }
  }

  private Path file() {
    return folder.resolve("guard");
  }

  private Path mark() {
    return folder.resolve("guard.mark");
  }

  private EquivocationGuard open() {
    return EquivocationGuard.open(file(), HUB, KEY);
  }

  private static GuardRecord.Header header(long height, String block) {
    return new GuardRecord.Header(CHAIN, 1, height, hash(block));
  }

  private static GuardRecord.Release release(String obligation, String plan, String... coins) {
    return new GuardRecord.Release(
        CHAIN,
        hash(obligation),
        hash(plan),
        java.util.Arrays.stream(coins)
            .map(coin -> new GuardRecord.Outpoint(hash(coin), 0))
            .toList());
  }

  private static Hash32 hash(String text) {
    return Digests.sha256(Bytes.utf8(text));
  }
}
