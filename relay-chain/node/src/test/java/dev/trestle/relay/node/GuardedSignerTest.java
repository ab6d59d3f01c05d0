package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.relay.consensus.SignGuardRules;
import dev.trestle.relay.consensus.SignPosition;
import dev.trestle.relay.consensus.StatementKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuardedSignerTest {
  private static final Hash32 ONE = Digests.sha256(Bytes.utf8("one"));
  private static final Hash32 TWO = Digests.sha256(Bytes.utf8("two"));

  @TempDir Path temp;
  private Path file;

  @BeforeEach
  void create() {
    file = temp.resolve("key.guard");
    SignGuardFile.create(file, GuardState.FRESH.encode()).close();
  }

  private GuardedSigner open() {
    return new GuardedSigner(DevNet.key("validator", 0), SignGuardFile.open(file), () -> 7);
  }

  private static SignPosition at(long height, int round, StatementKind step) {
    return new SignPosition(height, round, step);
  }

  @Test
  void whatItReturnsIsOnTheDiskAlready() throws IOException {
    try (GuardedSigner signer = open()) {
      for (int height = 1; height <= 4; height++) {
        SignPosition position = at(height, 0, StatementKind.PREPARE);
        EcdsaSignature signature = signer.sign(position, ONE).orElseThrow();
        Path image = temp.resolve("image" + height);
        Files.copy(file, image);
        try (SignGuardFile found = SignGuardFile.open(image)) {
          GuardState state = GuardState.decode(found.payload());
          assertThat(state.last()).contains(new SignGuardRules.Last(position, ONE, signature));
          assertThat(state.logNext()).isEqualTo(7);
        }
      }
    }
  }

  @Test
  void afterARestartItRepeatsAndRefuses() {
    EcdsaSignature first;
    try (GuardedSigner signer = open()) {
      first = signer.sign(at(5, 1, StatementKind.COMMIT), ONE).orElseThrow();
    }
    try (GuardedSigner signer = open()) {
      assertThat(signer.sign(at(5, 1, StatementKind.COMMIT), ONE)).contains(first);
      assertThat(signer.sign(at(5, 1, StatementKind.COMMIT), TWO)).isEmpty();
      assertThat(signer.sign(at(5, 1, StatementKind.PREPARE), ONE)).isEmpty();
      assertThat(signer.sign(at(5, 0, StatementKind.COMMIT), ONE)).isEmpty();
      assertThat(signer.sign(at(4, 9, StatementKind.COMMIT), ONE)).isEmpty();
      assertThat(signer.sign(at(5, 2, StatementKind.ROUND_CHANGE), TWO)).isPresent();
    }
  }

  @Test
  void abstentionLastsOverARestart() {
    try (GuardedSigner signer = open()) {
      signer.abstainThrough(8, "a test");
      signer.abstainThrough(3, "less than before");
    }
    try (GuardedSigner signer = open()) {
      assertThat(signer.silentAt(8)).isPresent();
      assertThat(signer.sign(at(8, 0, StatementKind.PREPARE), ONE)).isEmpty();
      assertThat(signer.silentAt(9)).isEmpty();
      assertThat(signer.sign(at(9, 0, StatementKind.PREPARE), ONE)).isPresent();
      signer.stop("a test");
    }
    try (GuardedSigner signer = open()) {
      assertThat(signer.sign(at(1_000_000, 0, StatementKind.PREPARE), ONE)).isEmpty();
      assertThat(signer.silentAt(10)).contains(NodeReason.GUARD_ROLLED_BACK.code());
    }
  }

  /** Of a key that has signed before, this may be the second guard. */
  @Test
  void aNewGuardSignsNothingBeforeItsNodeHasCaughtUp() {
    boolean[] caughtUp = new boolean[1];
    try (GuardedSigner signer = open()) {
      signer.waitsFor(() -> caughtUp[0]);
      assertThat(signer.sign(at(1, 0, StatementKind.PREPARE), ONE)).isEmpty();
      assertThat(signer.silentAt(1)).isPresent();
      caughtUp[0] = true;
      assertThat(signer.silentAt(1)).isEmpty();
      assertThat(signer.sign(at(1, 0, StatementKind.PREPARE), ONE)).isPresent();
      caughtUp[0] = false;
      assertThat(signer.sign(at(1, 0, StatementKind.COMMIT), ONE)).as("it has memory").isPresent();
    }
  }

  @Test
  void aSecondNodeWithTheSameKeyIsRefused() {
    try (GuardedSigner signer = open()) {
      assertThat(signer.silentAt(1)).isEmpty();
      assertThatThrownBy(() -> SignGuardFile.open(file))
          .isInstanceOfSatisfying(
              TrestleException.class, e -> assertThat(e.code()).isEqualTo(NodeReason.GUARD_IN_USE));
    }
  }

  @Test
  void theFormatIsTheGoldenOne() {
    SignGuardRules.Last last =
        new SignGuardRules.Last(
            at(5, 1, StatementKind.COMMIT),
            Hash32.fromHex("22".repeat(32)),
            new EcdsaSignature(Bytes.fromHex("33".repeat(64))));
    GuardState state = new GuardState(9, 4, Optional.of(last));
    assertThat(state.encode()).isEqualTo(Golden.hex("guard-state-v1.hex"));
    assertThat(GuardState.decode(state.encode())).isEqualTo(state);
    assertThat(GuardState.decode(GuardState.FRESH.encode())).isEqualTo(GuardState.FRESH);
  }
}
