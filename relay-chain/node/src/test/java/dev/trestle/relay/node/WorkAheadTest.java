package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.PublicKey;
import dev.trestle.relay.ledger.BlockContext;
import dev.trestle.relay.ledger.BlockResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkAheadTest {
  private static final PublicKey SENDER = DevNet.key("sender", 0).publicKey();
  private static final long NOW = 1_700_000_000_000L;

  @TempDir Path folder;

  private final List<Long> told = new ArrayList<>();

  /** Notes what waits. */
  private final class Noting implements StateMachine {
    @Override
    public void waits(Admitted transaction, long nowMillis) {
      assertThat(nowMillis).isEqualTo(NOW);
      told.add(transaction.nonce());
    }

    @Override
    public Verdict<Admitted> admit(Bytes encoded) {
      throw new IllegalStateException("not asked for");
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

  private static Admitted transaction(long nonce) {
    Bytes encoded = Bytes.utf8("" + nonce);
    return new Admitted(Digests.sha256(encoded), SENDER, nonce, encoded);
  }

  /** Nobody works ahead for a transaction that no block can take. */
  @Test
  void theMachineIsToldOfWhatABlockCouldTakeNext() {
    try (RocksStore store = RocksStore.open(folder, Hash32.ZERO)) {
      TransactionDesk desk = new TransactionDesk(new Noting(), store, () -> NOW);
      assertThat(desk.add(transaction(1), true).isAccepted()).as("behind a gap").isTrue();
      assertThat(told).isEmpty();
      assertThat(desk.add(transaction(0), false).isAccepted()).isTrue();
      assertThat(desk.add(transaction(2), false).isAccepted()).isTrue();
      assertThat(desk.add(transaction(2), false).isAccepted()).as("known").isFalse();
      assertThat(desk.add(transaction(4), false).isAccepted()).isTrue();
      assertThat(desk.add(transaction(1_000), false).isAccepted()).as("too far ahead").isFalse();
    }
    assertThat(told).containsExactly(0L, 2L);
  }
}
