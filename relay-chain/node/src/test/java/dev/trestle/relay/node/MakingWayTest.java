package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.ledger.BlockContext;
import dev.trestle.relay.ledger.BlockResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What those are told who wait for a transaction that has to make way. */
class MakingWayTest {
  private static final int MEBIBYTE = 1 << 20;

  @TempDir Path temp;

  private long nowMs = 1_000;
  private RocksStore store;
  private TransactionDesk desk;

  /** What a transaction is about stands in its first byte. */
  private static final class BySubject implements StateMachine {
    @Override
    public Verdict<Admitted> admit(Bytes encoded) {
      throw new IllegalStateException("not asked for");
    }

    @Override
    public Bytes subject(Admitted transaction) {
      return transaction.encoded().slice(0, 1);
    }

    @Override
    public long nextNonce(PublicKey sender) {
      return 0;
    }

    @Override
    public Hash32 stateRoot() {
      return Hash32.ZERO;
    }

    @Override
    public ValidatorSets validators() {
      throw new IllegalStateException("not asked for");
    }

    @Override
    public Verdict<BlockResult> execute(BlockContext context, List<Bytes> transactions) {
      throw new IllegalStateException("not asked for");
    }

    @Override
    public void commit(BlockResult result) {
      throw new IllegalStateException("not asked for");
    }
  }

  @BeforeEach
  void open() {
    store = RocksStore.open(temp, Chains.CHAIN);
    desk = new TransactionDesk(new BySubject(), store, () -> nowMs);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static Admitted about(int subject, String sender, int size) {
    byte[] encoded = new byte[size];
    encoded[0] = (byte) subject;
    PublicKey key = SecretKey.derive(Bytes.utf8(sender), "desk").publicKey();
    Hash32 id = Digests.sha256(key.compressed(), Bytes.utf8("" + subject));
    return new Admitted(id, key, 0, Bytes.wrap(encoded));
  }

  /** The pool is full of one subject; the last of it is {@code ours}. */
  private Admitted full(boolean ours) {
    for (int i = 0; i < 63; i++) {
      assertThat(desk.add(about(1, "sender " + i, MEBIBYTE), false).isAccepted()).isTrue();
    }
    Admitted last = about(1, "last", MEBIBYTE);
    assertThat(desk.add(last, ours).isAccepted()).isTrue();
    return last;
  }

  @Test
  void whoWaitsForWhatMadeWayIsToldAtOnceThatItMayBeSentAgain() {
    Admitted last = full(true);
    List<Settlement> told = new ArrayList<>();
    desk.await(last.id(), 60_000, told::add);
    assertThat(desk.unconfirmed()).containsExactly(last.encoded());
    assertThat(told).isEmpty();
    assertThat(desk.add(about(2, "other", 10), false).isAccepted()).isTrue();
    assertThat(told)
        .singleElement()
        .isInstanceOfSatisfying(
            Settlement.Refused.class,
            refused -> {
              assertThat(refused.reason()).isEqualTo(NodeReason.MEMPOOL_FULL);
              assertThat(refused.retry()).isTrue();
            });
    assertThat(desk.find(last.id())).isEmpty();
    assertThat(desk.unconfirmed()).as("it is not told to the peers again").isEmpty();
    nowMs += 120_000;
    desk.tickWaiters();
    assertThat(told).as("once").hasSize(1);
  }

  @Test
  void whoWasToldMakesRoomForOthersWhoWait() {
    Admitted last = full(false);
    List<Settlement> told = new ArrayList<>();
    for (int i = 0; i < TransactionDesk.MAX_WAITERS; i++) {
      desk.await(last.id(), 60_000, told::add);
    }
    List<Settlement> late = new ArrayList<>();
    desk.await(last.id(), 60_000, late::add);
    assertThat(late).as("too many wait").hasSize(1);
    assertThat(desk.add(about(2, "other", 10), false).isAccepted()).isTrue();
    assertThat(told).hasSize(TransactionDesk.MAX_WAITERS);
    late.clear();
    desk.await(about(2, "other", 10).id(), 60_000, late::add);
    assertThat(late).as("this one waits").isEmpty();
  }
}
