package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Verdict;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.ledger.tx.Transaction;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransactionDeskTest {
  @TempDir Path temp;
  private TestChain chain;
  private TransactionDesk desk;

  @BeforeEach
  void open() throws IOException {
    DevNet net = new DevNet(temp.resolve("net"), 4, 0, TestChain.PARAMETERS);
    chain = new TestChain(net, temp.resolve("node"));
    desk = new TransactionDesk(chain.machine, chain.store, () -> 1_000);
  }

  @AfterEach
  void close() {
    chain.close();
  }

  private Admitted admitted() {
    return admitted(chain.filler());
  }

  private Admitted admitted(Transaction transaction) {
    return chain.machine.admit(transaction.encode()).orThrow();
  }

  @Test
  void whatAUserOffersIsToldAgain() {
    Admitted transaction = admitted();
    assertThat(desk.add(transaction, true).isAccepted()).isTrue();
    assertThat(desk.unconfirmed()).containsExactly(transaction.encoded());
  }

  @Test
  void whatAPeerHasToldIsNot() {
    assertThat(desk.add(admitted(), false).isAccepted()).isTrue();
    assertThat(desk.unconfirmed()).isEmpty();
  }

  /**
   * The peer may have lost it since, and then nobody but this node has it: a follower that does not
   * tell it on keeps it until it expires, whatever its user does.
   */
  @Test
  void whatAUserOffersIsToldAgainAlsoIfAPeerHasToldItBefore() {
    Admitted transaction = admitted();
    assertThat(desk.add(transaction, false).isAccepted()).isTrue();
    assertThat(desk.add(transaction, true)).isInstanceOf(Verdict.Ignored.class);
    assertThat(desk.unconfirmed()).containsExactly(transaction.encoded());
  }

  /** What they send next is here already: there is nobody for whom the next block could wait. */
  @Test
  void aBlockDoesNotWaitForSendersWhoSendOnWithoutAnAnswer() {
    List<Transaction> first = new ArrayList<>();
    for (int i = 0; i < Gathering.FULL_BLOCK; i++) {
      first.add(chain.net.transaction("sender" + i, 0));
      desk.add(admitted(first.getLast()), true).orThrow();
      desk.add(admitted(chain.net.transaction("sender" + i, 1)), true).orThrow();
    }
    Block block = chain.block(0, first.toArray(Transaction[]::new));
    CommitCertificate certificate = chain.store.certificate(block.height()).orElseThrow();
    desk.decided(new DecidedBlock(block, certificate, List.of(), List.of(), List.of()), List.of());
    assertThat(desk.gatherMs()).isZero();
    assertThat(desk.hasWork()).isTrue();
  }
}
