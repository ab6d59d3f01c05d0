package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a node says that it is ready to join. */
class ReadinessTest {
  /** A new copy each time: a signer closes its own. */
  private static SecretKey key() {
    return DevNet.key("joining", 0);
  }

  private static final Hash32 CHAIN = Digests.sha256(Bytes.utf8("chain"));
  private static final Genesis.Validator OLD = validator(DevNet.key("old", 0));
  private static final Genesis.Validator NEW = validator(key());
  private static final ValidatorSets PLANNED =
      new ValidatorSets(List.of(OLD), Optional.empty(), Optional.of(List.of(NEW)));

  @TempDir Path temp;

  private GuardedSigner signer;
  private final ValidatorPeers peers = new ValidatorPeers(PLANNED);

  private static Genesis.Validator validator(SecretKey key) {
    return new Genesis.Validator(key.publicKey(), Digests.sha256(key.publicKey().compressed()));
  }

  @BeforeEach
  void open() {
    Path file = temp.resolve("key.guard");
    SignGuardFile.create(file, GuardState.FRESH.encode()).close();
    signer = new GuardedSigner(key(), SignGuardFile.open(file), () -> 0);
  }

  @AfterEach
  void close() {
    signer.close();
  }

  private Readiness readiness() {
    return new Readiness(CHAIN, signer, peers, key -> 7);
  }

  @Test
  void itIsSaidAgainBeforeItWearsOff() {
    Readiness readiness = readiness();
    Transaction said = Transaction.decode(readiness.due(100, 100).orElseThrow());
    assertThat(said)
        .isEqualTo(Transaction.sign(CHAIN, key(), 7, new TransactionBody.ValidatorReady(100)));
    long soon = 100 + Readiness.EVERY_BLOCKS;
    assertThat(readiness.due(soon - 1, soon - 1)).isEmpty();
    assertThat(readiness.due(soon, soon)).isPresent();
    assertThat(5 * Readiness.EVERY_BLOCKS)
        .isLessThanOrEqualTo(TransactionBody.ValidatorReady.MAX_AGE);
  }

  @Test
  void notWhileItIsBehind() {
    Readiness readiness = readiness();
    assertThat(readiness.due(100, 101 + Readiness.MAX_LAG)).isEmpty();
    assertThat(readiness.due(100, 100 + Readiness.MAX_LAG)).isPresent();
  }

  @Test
  void notWhenItWouldNotVote() {
    signer.abstainThrough(101, "a test");
    assertThat(readiness().due(100, 100)).isEmpty();
    assertThat(readiness().due(101, 101)).isPresent();
  }

  @Test
  void notWhenNobodyWantsItOrItIsInAlready() {
    assertThat(peers.update(new ValidatorSets(List.of(OLD), Optional.empty(), Optional.empty()), 5))
        .isFalse();
    assertThat(readiness().due(100, 100)).isEmpty();
    assertThat(
            peers.update(
                new ValidatorSets(List.of(NEW), Optional.of(List.of(OLD)), Optional.empty()), 6))
        .isFalse();
    assertThat(readiness().due(100, 100)).isEmpty();
  }
}
