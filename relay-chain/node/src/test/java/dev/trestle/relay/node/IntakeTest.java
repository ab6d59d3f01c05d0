package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.PublicKey;
import dev.trestle.relay.ledger.BlockContext;
import dev.trestle.relay.ledger.BlockResult;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class IntakeTest {
  private final Queue<Runnable> worker = new ArrayDeque<>();
  private final List<Bytes> checked = new ArrayList<>();
  private int told;

  /** Admits nothing, and notes what it was asked. */
  private final class Refusing implements StateMachine {
    @Override
    public Verdict<Admitted> admit(Bytes encoded) {
      checked.add(encoded);
      return Verdict.reject(NodeReason.BAD_FRAME, "nothing is admitted");
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

  @Test
  void otherWorkOfTheWorkersIsNotHeldUpByAFloodOfTransactions() {
    Intake intake = new Intake(new Refusing(), worker::add, 1, batches -> told += batches.size());
    int flood = 4 * Intake.MAX_BATCH;
    for (int i = 0; i < flood; i++) {
      intake.offer(new Intake.Batch(List.of(Bytes.utf8("" + i)), Optional.empty(), told -> {}));
    }
    List<Integer> checkedBefore = new ArrayList<>();
    worker.add(() -> checkedBefore.add(checked.size())); // a body that consensus waits for
    while (checkedBefore.isEmpty()) {
      worker.remove().run();
    }
    assertThat(checkedBefore).containsExactly(Intake.MAX_BATCH);
    while (!worker.isEmpty()) {
      worker.remove().run();
    }
    assertThat(checked).hasSize(flood).doesNotHaveDuplicates();
    assertThat(told).isEqualTo(flood);
  }
}
