package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Verdict;
import java.io.IOException;
import java.nio.file.Path;
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
    return chain.machine.admit(chain.filler().encode()).orThrow();
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
}
