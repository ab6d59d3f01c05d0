package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.proofs.MerkleFrontier;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.ConsensusMessage;
import dev.trestle.relay.consensus.DurableRecord;
import dev.trestle.relay.consensus.RecoveredHeight;
import dev.trestle.relay.consensus.SignPosition;
import dev.trestle.relay.consensus.SignedMessage;
import dev.trestle.relay.consensus.StatementKind;
import dev.trestle.relay.ledger.state.Batch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidatorPartsTest {
  private static final Hash32 BLOCK = Hash32.fromHex("44".repeat(32));

  @TempDir Path temp;
  private RocksStore store;

  @BeforeEach
  void openStore() {
    store = RocksStore.open(temp.resolve("store"), Chains.CHAIN);
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  private ValidatorParts open(boolean isNew) {
    return ValidatorParts.open(
        new NodeConfig.Role.Validator(temp.resolve("key"), isNew),
        DevNet.key("single", 0),
        temp.resolve("wal"),
        store);
  }

  /** Signs a PREPARE and writes it to the log, as the driver does. */
  private static void vote(ValidatorParts parts, long height, boolean logged) {
    ConsensusMessage.Prepare prepare = new ConsensusMessage.Prepare(height, 0, BLOCK);
    Hash32 digest = prepare.statement().digest(Chains.CHAIN);
    SignedMessage signed =
        parts
            .signer()
            .sign(prepare.statement().position(), digest)
            .map(signature -> new SignedMessage(prepare, parts.signer().address(), signature))
            .orElseThrow();
    if (logged) {
      parts.log().append(ConsensusDriver.RECORD, new DurableRecord.OwnMessage(signed).encode());
      parts.log().sync();
    }
  }

  private Path segment() throws IOException {
    try (Stream<Path> files = Files.list(temp.resolve("wal"))) {
      return files.filter(file -> file.toString().endsWith(".wal")).findFirst().orElseThrow();
    }
  }

  private static boolean canSign(ValidatorParts parts, long height) {
    return parts
        .signer()
        .sign(new SignPosition(height, 7, StatementKind.PREPARE), BLOCK)
        .isPresent();
  }

  @Test
  void takesUpWhatTheLogSays() {
    ValidatorParts parts = open(true);
    assertThat(parts.recovered()).isEqualTo(RecoveredHeight.NONE);
    vote(parts, 1, true);
    parts.close();
    ValidatorParts again = open(false);
    assertThat(again.recovered().height()).isEqualTo(1);
    assertThat(again.recovered().own()).hasSize(1);
    assertThat(again.signer().silentAt(1)).isEmpty();
    again.close();
  }

  @Test
  void aCrashBetweenGuardAndLogDoesNotSilenceIt() {
    ValidatorParts parts = open(true);
    vote(parts, 1, true);
    vote(parts, 2, false);
    parts.close();
    ValidatorParts again = open(false);
    assertThat(again.signer().silentAt(1)).isEmpty();
    assertThat(canSign(again, 2)).isTrue();
    again.close();
  }

  @Test
  void aDamagedLogSilencesTheHeightForGood() throws IOException {
    ValidatorParts parts = open(true);
    vote(parts, 1, true);
    vote(parts, 2, true);
    parts.close();
    Path segment = segment();
    byte[] bytes = Files.readAllBytes(segment);
    bytes[WalFormat.SEGMENT_HEADER_BYTES + 30] ^= 1;
    Files.write(segment, bytes);
    for (int restart = 0; restart < 3; restart++) {
      ValidatorParts again = open(false);
      assertThat(again.recovered()).isEqualTo(RecoveredHeight.NONE);
      assertThat(canSign(again, 1)).isFalse();
      assertThat(canSign(again, 2)).isFalse();
      again.close();
    }
    ValidatorParts healed = open(false);
    assertThat(canSign(healed, 3)).isTrue();
    healed.close();
  }

  @Test
  void aLogThatLostSyncedRecordsSilencesTheHeight() throws IOException {
    ValidatorParts parts = open(true);
    vote(parts, 1, true);
    vote(parts, 2, true);
    vote(parts, 3, true);
    parts.close();
    // cut at a record's border: the log itself cannot see it, the guard can
    WalScan scan = WalScan.of(List.of(segment()));
    int first = WalFormat.encodedSize(scan.records().getFirst());
    Files.write(
        segment(),
        java.util.Arrays.copyOf(
            Files.readAllBytes(segment()), WalFormat.SEGMENT_HEADER_BYTES + first));
    ValidatorParts again = open(false);
    assertThat(canSign(again, 3)).isFalse();
    assertThat(canSign(again, 4)).isTrue();
    again.close();
  }

  @Test
  void aLogThatDoesNotDecodeIsDamage() {
    ValidatorParts parts = open(true);
    parts.log().append(ConsensusDriver.RECORD, Bytes.utf8("not a record"));
    parts.log().sync();
    parts.close();
    ValidatorParts again = open(false);
    assertThat(canSign(again, 1)).isFalse();
    again.close();
  }

  @Test
  void aGuardOlderThanTheStoreIsRefused() throws IOException {
    ValidatorParts parts = open(true);
    Path guard = NodeFiles.signGuard(temp.resolve("key"));
    byte[] old = Files.readAllBytes(guard);
    vote(parts, 1, true);
    long sequence = parts.signer().sequence();
    parts.close();
    Block block = Chains.block(Chains.genesis(), Optional.empty(), 2_000);
    store.store(
        new RocksStore.Decided(
            block,
            Chains.certify(block),
            List.of(),
            List.of(),
            MerkleFrontier.EMPTY.append(block.id().bytes()),
            Chains.genesis().next(block, Chains.SET).rotation(),
            Optional.empty(),
            sequence),
        () -> store.state().apply(new Batch(new TreeMap<>())));
    open(false).close();
    Files.write(guard, old);
    assertThatThrownBy(() -> open(false))
        .isInstanceOfSatisfying(
            TrestleException.class,
            e -> assertThat(e.code()).isEqualTo(NodeReason.GUARD_ROLLED_BACK));
    Files.delete(guard);
    assertThatThrownBy(() -> open(true))
        .isInstanceOfSatisfying(
            TrestleException.class,
            e -> assertThat(e.code()).isEqualTo(NodeReason.GUARD_ROLLED_BACK));
  }

  @Test
  void aKeyWithoutGuardIsRefusedUnlessItIsNew() {
    assertThatThrownBy(() -> open(false))
        .isInstanceOfSatisfying(
            TrestleException.class, e -> assertThat(e.code()).isEqualTo(NodeReason.GUARD_MISSING));
    open(true).close();
    open(false).close();
  }
}
