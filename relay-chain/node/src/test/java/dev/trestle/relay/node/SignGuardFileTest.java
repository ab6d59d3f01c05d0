package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.TrestleException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignGuardFileTest {
  @TempDir Path temp;

  private static Bytes state(int number) {
    return Bytes.utf8("state " + number);
  }

  @Test
  void remembersTheNewestState() {
    Path file = temp.resolve("guard");
    try (SignGuardFile guard = SignGuardFile.create(file, state(0))) {
      for (int i = 1; i <= 5; i++) {
        guard.store(state(i));
      }
    }
    try (SignGuardFile guard = SignGuardFile.open(file)) {
      assertThat(guard.payload()).isEqualTo(state(5));
      assertThat(guard.sequence()).isEqualTo(6);
    }
  }

  @Test
  void aMissingFileIsRefusedAndAnExistingOneIsNotReplaced() {
    Path file = temp.resolve("guard");
    assertThatThrownBy(() -> SignGuardFile.open(file))
        .isInstanceOfSatisfying(
            TrestleException.class, e -> assertThat(e.code()).isEqualTo(NodeReason.GUARD_MISSING));
    SignGuardFile.create(file, state(0)).close();
    assertThatThrownBy(() -> SignGuardFile.create(file, state(0)))
        .isInstanceOf(TrestleException.class);
  }

  @Test
  void aFlippedByteSpoilsAtMostOneSlot() throws IOException {
    byte[] bytes = sevenStates();
    for (int i = 0; i < bytes.length; i++) {
      byte[] flipped = bytes.clone();
      flipped[i] ^= 0x40;
      Path copy = temp.resolve("flip" + i);
      Files.write(copy, flipped);
      try (SignGuardFile guard = SignGuardFile.open(copy)) {
        // sequence 8, the newest, is in the first slot
        assertThat(guard.payload()).isEqualTo(i < SignGuardFile.SLOT_BYTES ? state(6) : state(7));
        guard.store(state(8));
      }
      try (SignGuardFile guard = SignGuardFile.open(copy)) {
        assertThat(guard.payload()).isEqualTo(state(8));
      }
    }
  }

  @Test
  void aTornWriteLeavesTheStateBefore() throws IOException {
    byte[] before = sevenStates();
    Path file = temp.resolve("next");
    Files.write(file, before);
    try (SignGuardFile guard = SignGuardFile.open(file)) {
      guard.store(state(8));
    }
    byte[] after = Files.readAllBytes(file);
    for (int written = 0; written <= SignGuardFile.SLOT_BYTES; written++) {
      byte[] torn = before.clone();
      System.arraycopy(after, SignGuardFile.SLOT_BYTES, torn, SignGuardFile.SLOT_BYTES, written);
      Path copy = temp.resolve("torn" + written);
      Files.write(copy, torn);
      try (SignGuardFile guard = SignGuardFile.open(copy)) {
        assertThat(guard.payload()).isIn(state(7), state(8));
      }
    }
  }

  @Test
  void noWholeSlotIsRefused() throws IOException {
    Path file = temp.resolve("guard");
    Files.write(file, new byte[2 * SignGuardFile.SLOT_BYTES]);
    assertThatThrownBy(() -> SignGuardFile.open(file))
        .isInstanceOfSatisfying(
            TrestleException.class,
            e -> assertThat(e.code()).isEqualTo(NodeReason.STORAGE_CORRUPT));
  }

  @Test
  void theFormatIsTheGoldenOne() throws IOException {
    Path file = temp.resolve("guard");
    try (SignGuardFile guard = SignGuardFile.create(file, state(0))) {
      guard.store(state(1));
    }
    assertThat(Bytes.of(Files.readAllBytes(file))).isEqualTo(Golden.hex("sign-guard-v1.hex"));
  }

  private byte[] sevenStates() throws IOException {
    Path file = temp.resolve("guard");
    try (SignGuardFile guard = SignGuardFile.create(file, state(0))) {
      for (int i = 1; i <= 7; i++) {
        guard.store(state(i));
      }
      assertThat(guard.sequence()).isEqualTo(8);
    }
    return Arrays.copyOf(Files.readAllBytes(file), 2 * SignGuardFile.SLOT_BYTES);
  }
}
