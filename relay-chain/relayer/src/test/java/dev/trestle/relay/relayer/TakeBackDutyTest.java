package dev.trestle.relay.relayer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.PacketPort.PacketDelivery;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.relay.ledger.CreditedLedger;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.Receipt;
import dev.trestle.relay.ledger.record.TransferRecord.State;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Deposits that are spent before they are swept, against the real rules of the ledger. */
class TakeBackDutyTest implements RelayChain {
  private final CreditedLedger ledger = new CreditedLedger();
  private final List<String> codes = new ArrayList<>();
  private final SpentChain home = new SpentChain(ledger);
  private final TakeBackDuty duty = new TakeBackDuty(this, chain -> Optional.of(home));

  /** One look; the codes that the ledger answers what was offered with. */
  private List<String> look() {
    codes.clear();
    duty.run();
    return List.copyOf(codes);
  }

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
    return Optional.empty();
  }

  @Test
  void whatWasTakenBackIsProvenOnceItIsDeepEnough() {
    ledger.credit(1);
    ledger.credit(2);
    ledger.signedSweep(2);
    ledger.delay();
    assertThat(look()).as("nothing is spent").isEmpty();
    ledger.mine(ledger.takeBack(1));
    ledger.mine(ledger.takeBack(2));
    ledger.follow(1);
    assertThat(look()).as("the one of three confirmations").containsExactly("ok");
    ledger.follow(1);
    assertThat(look()).containsExactly("ok");
    assertThat(ledger.state(1)).isEqualTo(State.TAKEN_BACK);
    assertThat(ledger.state(2)).isEqualTo(State.TAKEN_BACK);
    assertThat(ledger.sweepsReady()).as("it is not broadcast any more").isZero();
    assertThat(look()).as("nothing is left").isEmpty();
  }

  /** The proof of a sweep sends the packet; offering it as a take-back would be in vain. */
  @Test
  void sweepsAreNotOffered() {
    ledger.credit(1);
    Bytes sweep = ledger.signedSweep(1);
    ledger.delay();
    ledger.mine(sweep);
    ledger.follow(3);
    assertThat(look()).isEmpty();
    assertThat(ledger.state(1)).isEqualTo(State.CREDITED);
  }

  @Test
  void withoutAnAdapterNothingHappens() {
    ledger.credit(1);
    ledger.delay();
    ledger.mine(ledger.takeBack(1));
    ledger.follow(3);
    new TakeBackDuty(this, chain -> Optional.empty()).run();
    assertThat(codes).isEmpty();
    assertThat(look()).containsExactly("ok");
  }

  /** A taken-back deposit that is deep enough to be proven. */
  private void takeBack() {
    ledger.credit(1);
    ledger.delay();
    ledger.mine(ledger.takeBack(1));
    ledger.follow(3);
  }

  /** It is left alone for longer and longer, is said to fail all the while, and comes back. */
  @Test
  void aNodeThatIsDownIsAskedLessAndLessOften() {
    takeBack();
    home.isDown = true;
    for (int look = 0; look < 200; look++) {
      assertThatThrownBy(this::look).hasMessageContaining("down");
    }
    assertThat(home.looks).isBetween(4, 12);
    home.isDown = false;
    lookUntilTakenBack("down");
  }

  @Test
  void whatCannotBeProvenIsAskedForLessAndLessOften() {
    takeBack();
    home.hasLostAll = true;
    for (int look = 0; look < 200; look++) {
      try {
        look();
      } catch (AdapterException failed) {
        assertThat(failed).hasMessageContaining("lost");
      }
    }
    assertThat(home.looks).as("the node itself answers").isEqualTo(200);
    assertThat(home.proofs).isBetween(4, 10);
    home.hasLostAll = false;
    lookUntilTakenBack("lost");
  }

  private void lookUntilTakenBack(String trouble) {
    int looks = 0;
    while (ledger.state(1) == State.CREDITED) {
      assertThat(++looks).isLessThanOrEqualTo(257);
      try {
        look();
      } catch (AdapterException failed) {
        assertThat(failed).hasMessageContaining(trouble);
      }
    }
    assertThat(ledger.state(1)).isEqualTo(State.TAKEN_BACK);
  }
}
