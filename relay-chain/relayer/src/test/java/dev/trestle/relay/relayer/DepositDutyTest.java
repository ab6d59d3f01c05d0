package dev.trestle.relay.relayer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.PacketPort.PacketDelivery;
import dev.trestle.base.Hash32;
import dev.trestle.relay.ledger.DepositLedger;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.Receipt;
import dev.trestle.relay.ledger.record.TransferRecord.State;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Deposits among many transfers that nobody pays, against the real rules of the ledger. */
class DepositDutyTest implements RelayChain {
  private static final long AMOUNT = 20_000;

  private final DepositLedger ledger = new DepositLedger();
  private final HomeChain home = new HomeChain(ledger);
  private final List<String> codes = new ArrayList<>();
  private final DepositDuty duty =
      new DepositDuty(
          this,
          chain -> Optional.<ChainAdapter>of(home).filter(h -> chain.equals(ledger.home())),
          () -> home.nanoTime);

  @Override
  public Receipt submit(TransactionBody body) {
    Receipt receipt = ledger.send(body);
    codes.add(receipt.code());
    return receipt;
  }

  @Override
  public LedgerView view() {
    return ledger.view();
  }

  @Override
  public long height() {
    return ledger.height();
  }

  @Override
  public List<HandOver> handOvers() {
    return List.of();
  }

  @Override
  public Optional<PacketDelivery> delivery(Hash32 packetId) {
    throw new UnsupportedOperationException();
  }

  /** An attacker opens them for nothing: the honest deposit must not wait for a look at each. */
  @Test
  void aThousandOpenTransfersCostOneQuestion() {
    ledger.open(0, 1_000);
    ledger.pay(777, AMOUNT);
    ledger.follow(3);
    duty.run();
    assertThat(home.looks).containsExactly(1_000);
    assertThat(home.proofs).hasSize(1);
    assertThat(codes).containsExactly("ok");
    assertThat(ledger.state(777)).isEqualTo(State.CREDITED);
    duty.run();
    assertThat(home.looks).as("without the credited one").containsExactly(1_000, 999);
    ledger.expire();
    while (!ledger.view().openTransfers(Optional.empty(), 1).isEmpty()) {
      ledger.expire();
    }
    duty.run();
    assertThat(home.looks).as("nothing is left to ask for").hasSize(2);
    assertThat(codes).containsExactly("ok");
  }

  @Test
  void aDepositIsProvenOnceItIsDeepAndNotAgain() {
    ledger.open(1, 3);
    ledger.pay(1, AMOUNT);
    ledger.follow(1);
    duty.run();
    assertThat(home.proofs).as("two confirmations of three").isEmpty();
    ledger.follow(1);
    duty.run();
    duty.run();
    assertThat(codes).containsExactly("ok");
    assertThat(ledger.state(1)).isEqualTo(State.CREDITED);
    assertThat(ledger.state(2)).isEqualTo(State.OPEN);
  }

  /** Only one output counts; the other is its depositor's. */
  @Test
  void aTransferThatIsPaidTwiceIsCreditedOnce() {
    ledger.open(1, 2);
    ledger.pay(1, AMOUNT);
    ledger.pay(1, AMOUNT + 1);
    ledger.follow(3);
    duty.run();
    duty.run();
    assertThat(codes).containsExactly("ok");
    assertThat(home.proofs).hasSize(1);
  }

  /** What cannot be proven is asked for less and less often, and does not stop the others. */
  @Test
  void oneThatFailsDoesNotStopTheOthers() {
    ledger.open(1, 4);
    Hash32 lost = ledger.pay(1, AMOUNT).coin().txId();
    home.lost.add(lost);
    ledger.pay(2, AMOUNT - 1);
    ledger.pay(3, AMOUNT);
    ledger.follow(3);
    assertThatThrownBy(duty::run).isInstanceOf(AdapterException.class);
    assertThat(ledger.state(3)).isEqualTo(State.CREDITED);
    assertThat(ledger.state(2)).as("paid too little").isEqualTo(State.OPEN);
    for (int look = 0; look < 100; look++) {
      runQuietly();
    }
    assertThat(home.proofs.stream().filter(lost::equals).count()).isBetween(2L, 10L);
    home.lost.clear();
    for (int look = 0; look < 100; look++) {
      duty.run();
    }
    assertThat(ledger.state(1)).isEqualTo(State.CREDITED);
  }

  private void runQuietly() {
    try {
      duty.run();
    } catch (AdapterException failed) {
      assertThat(failed).hasMessageContaining("lost");
    }
  }

  /** It is left alone for longer and longer, is said to fail all the while, and comes back. */
  @Test
  void aNodeThatIsDownIsAskedLessAndLessOften() {
    ledger.open(1, 2);
    ledger.pay(1, AMOUNT);
    ledger.follow(3);
    home.isDown = true;
    int answered = home.latestCalls;
    for (int look = 0; look < 200; look++) {
      assertThatThrownBy(duty::run).hasMessageContaining("down");
    }
    assertThat(home.latestCalls - answered).isBetween(4, 12);
    home.isDown = false;
    int looks = 0;
    while (ledger.state(1) == State.OPEN) {
      runAtNode();
      looks++;
    }
    assertThat(looks).isLessThanOrEqualTo(65);
  }

  private void runAtNode() {
    try {
      duty.run();
    } catch (AdapterException failed) {
      assertThat(failed).hasMessageContaining("down");
    }
  }

  /** A search for new scripts takes minutes, and holds up whoever else looks at the chain. */
  @Test
  void aChainRestsAsLongAsTheLastLookTook() {
    ledger.open(1, 3);
    ledger.pay(1, AMOUNT);
    home.lookNanos = 1_000;
    duty.run();
    home.nanoTime += 999;
    duty.run();
    assertThat(home.looks).hasSize(1);
    home.nanoTime++;
    ledger.follow(3);
    duty.run();
    assertThat(home.looks).hasSize(2);
    assertThat(ledger.state(1)).isEqualTo(State.CREDITED);
  }

  /** Too late, it is its depositor's: it is not offered, at this look or any other. */
  @Test
  void whatHasComeToItsEndIsNotOffered() {
    ledger.open(1, 2);
    ledger.pay(1, AMOUNT);
    ledger.follow(3);
    ledger.expire();
    duty.run();
    assertThat(home.looks).isEmpty();
    assertThat(codes).isEmpty();
    assertThat(ledger.state(1)).isEqualTo(State.EXPIRED);
  }
}
