package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.PublicKey;
import dev.trestle.relay.consensus.ConsensusCode;
import dev.trestle.relay.ledger.BlockContext;
import dev.trestle.relay.ledger.BlockResult;
import dev.trestle.relay.ledger.Families;
import dev.trestle.relay.ledger.Ledger;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One validator of four whose machine computes something else, or for a long time. */
class FaultyMachineIT {
  private static final int FAULTY = 3;

  @TempDir Path temp;

  private long nonce;

  /** The ledger, with something done to what it makes of a block. */
  private record Faulty(StateMachine ledger, UnaryOperator<BlockResult> fault)
      implements StateMachine {
    static Factory of(UnaryOperator<BlockResult> fault) {
      return (genesis, store) ->
          new Faulty(new LedgerMachine(Ledger.open(genesis, Families.of(List.of()), store)), fault);
    }

    @Override
    public Verdict<Admitted> admit(Bytes encoded) {
      return ledger.admit(encoded);
    }

    @Override
    public Bytes subject(Admitted transaction) {
      return ledger.subject(transaction);
    }

    @Override
    public long nextNonce(PublicKey sender) {
      return ledger.nextNonce(sender);
    }

    @Override
    public Hash32 stateRoot() {
      return ledger.stateRoot();
    }

    @Override
    public ValidatorSets validators() {
      return ledger.validators();
    }

    @Override
    public boolean isConvicted(EvmAddress validator) {
      return ledger.isConvicted(validator);
    }

    @Override
    public Verdict<BlockResult> execute(BlockContext context, List<Bytes> transactions) {
      return ledger
          .execute(context, transactions)
          .then(result -> Verdict.accept(fault.apply(result)));
    }

    @Override
    public void commit(BlockResult result) {
      ledger.commit(result);
    }
  }

  private static List<RelayNode> start(DevNet net, UnaryOperator<BlockResult> fault) {
    List<RelayNode> nodes = new ArrayList<>();
    for (int i = 0; i < FAULTY; i++) {
      nodes.add(net.startNew(i));
    }
    nodes.add(net.startNew(FAULTY, Faulty.of(fault)));
    return nodes;
  }

  private void grow(DevNet net, long height, RelayNode... nodes) {
    while (nodes[0].head() < height) {
      long before = nodes[0].head();
      net.send(nodes[0], net.transaction("filler", nonce++));
      net.untilHeight(before + 1, nodes);
    }
  }

  private static BlockResult withAnotherRoot(BlockResult result) {
    Hash32 other = Digests.sha256(result.stateRoot().bytes());
    return new BlockResult(
        result.context(),
        result.parentRoot(),
        other,
        result.outbox(),
        result.outboxRoot(),
        result.receipts(),
        result.events(),
        result.nextValidators(),
        result.writes());
  }

  /** Its vote is never behind what it does not compute; the others go on, and it says why. */
  @Test
  void whoComputesAnotherStateSignsNothingAndStopsAlone() throws IOException {
    try (DevNet net = new DevNet(temp, 4)) {
      List<RelayNode> nodes =
          start(net, result -> result.context().height() < 2 ? result : withAnotherRoot(result));
      RelayNode faulty = nodes.get(FAULTY);
      RelayNode[] sound = nodes.subList(0, FAULTY).toArray(RelayNode[]::new);
      grow(net, 1, nodes.toArray(RelayNode[]::new));
      grow(net, 5, sound);
      net.until("it stops", () -> net.status(faulty).halted().isPresent());
      assertThat(net.status(faulty).halted().orElseThrow())
          .startsWith(ConsensusCode.DIVERGED.code())
          .contains("Block[2, ");
      assertThat(net.status(faulty).isReady()).isFalse();
      assertThat(faulty.head()).isEqualTo(1);
      assertThat(faulty.blockAt(1)).as("it serves reads").isEqualTo(sound[0].blockAt(1));
      for (long height = 2; height <= 5; height++) {
        assertThat(sound[0].certificateAt(height).orElseThrow().signatures().signers())
            .as("height %d", height)
            .doesNotContain(FAULTY);
      }
      for (RelayNode each : sound) {
        assertThat(net.status(each).halted()).isEmpty();
      }
    }
  }

  /** It falls behind while it runs, and is needed again without a restart. */
  @Test
  void whoWasTooSlowReturnsToTheHeadAndVotes() throws IOException {
    CountDownLatch busy = new CountDownLatch(1);
    try (DevNet net = new DevNet(temp, 4)) {
      List<RelayNode> nodes =
          start(
              net,
              result -> {
                if (result.context().height() >= 2) {
                  DevNet.await(busy);
                }
                return result;
              });
      RelayNode slow = nodes.get(FAULTY);
      RelayNode[] others = nodes.subList(0, FAULTY).toArray(RelayNode[]::new);
      try {
        grow(net, 1, nodes.toArray(RelayNode[]::new));
        grow(net, 40, others);
        assertThat(slow.head()).isEqualTo(1);
      } finally {
        busy.countDown();
      }
      net.untilHeight(others[0].head(), slow);
      // three of four: it is needed for every block from here on
      net.stop(DevNet.name(0));
      grow(net, others[1].head() + 3, others[1], others[2], slow);
      assertThat(net.status(slow).silent()).isEmpty();
      assertThat(slow.blockAt(30)).isEqualTo(others[1].blockAt(30));
    }
  }
}
