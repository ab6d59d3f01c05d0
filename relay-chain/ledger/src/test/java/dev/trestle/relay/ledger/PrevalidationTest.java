package dev.trestle.relay.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.VerifiedUpdate;
import dev.trestle.lightclient.packet.Lane;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Work that is done before a block is executed. That it changes nothing is also checked at every
 * block of every {@link Hub}: its replica does without.
 */
class PrevalidationTest {
  private final Hub hub = Hub.ready();

  private Transaction update() {
    long known = hub.view().chain(hub.home.id()).orElseThrow().headHeight();
    return hub.sign(
        hub.user, new TransactionBody.UpdateClient(hub.home.id(), hub.home.updateFrom(known)));
  }

  private void mine(int blocks) {
    for (int i = 0; i < blocks; i++) {
      hub.home.mine();
    }
  }

  private Bytes openAndPay() {
    hub.ok(hub.openTransfer(1, 50_000));
    return hub.pay(hub.transferId(1), 50_000);
  }

  private TransactionBody deposit(Bytes tx) {
    return new TransactionBody.SubmitDeposit(hub.transferId(1), hub.home.claim(tx));
  }

  @Test
  void whatWasFoundBeforeIsNotAskedAgain() {
    Bytes tx = openAndPay();
    mine(3);
    Transaction headers = update();
    assertThat(hub.block(headers).receipts()).allMatch(Receipt::isSuccess);
    assertThat(hub.prevalidated).isEqualTo(1);
    assertThat(hub.block(hub.sign(hub.user, deposit(tx))).receipts()).allMatch(Receipt::isSuccess);
    assertThat(hub.prevalidated).isEqualTo(1);
    // control: a transaction without evidence asks nobody
    hub.ok(hub.openTransfer(2, 50_000));
    assertThat(hub.prevalidated).isZero();
  }

  /** The proof does not hold in the state before the block; it does after the headers in it. */
  @Test
  void whatAnEarlierTransactionOfTheBlockChangesIsAskedAgain() {
    Bytes tx = openAndPay();
    mine(3);
    BlockContext next =
        new BlockContext(hub.ledger.head().height() + 1, hub.ledger.head().timeMillis() + 1_000);
    Transaction headers = update();
    Transaction claim =
        Transaction.sign(hub.genesis.chainId(), hub.user, headers.nonce() + 1, deposit(tx));
    Prevalidation found = hub.ledger.prevalidation(next);
    found.find(headers);
    found.find(claim);
    BlockResult result = hub.ledger.execute(next, List.of(headers, claim), found).orThrow();
    assertThat(result.receipts()).extracting(Receipt::code).containsExactly("ok", "ok");
    assertThat(found.used()).as("the headers alone").isEqualTo(1);
    BlockResult without = hub.ledger.execute(next, List.of(headers, claim)).orThrow();
    assertThat(result.stateRoot()).isEqualTo(without.stateRoot());
    assertThat(result.events()).isEqualTo(without.events());
    // the same headers twice: the second time they are nothing new
    Transaction again =
        Transaction.sign(hub.genesis.chainId(), hub.user, headers.nonce() + 1, headers.body());
    Prevalidation twice = hub.ledger.prevalidation(next);
    twice.find(headers);
    twice.find(again);
    assertThat(hub.ledger.execute(next, List.of(headers, again), twice).orThrow().receipts())
        .extracting(Receipt::isSuccess)
        .containsExactly(true, false);
  }

  @Test
  void workCostsWhatItCostsWheneverItIsDone() {
    mine(3);
    Transaction headers = update();
    Bytes message = ((TransactionBody.UpdateClient) headers.body()).message();
    Execution x = new Falsified(hub).execution();
    Clients.Usable home = Clients.usable(x, hub.home.id()).orThrow();
    Prevalidation found = hub.ledger.prevalidation(x.block());
    found.find(headers);
    Budget enough = new Budget(10);
    assertThat(found.verify(home, message, enough).isAccepted()).isTrue();
    assertThat(found.used()).isEqualTo(1);
    assertThat(enough.left()).isEqualTo(7);
    assertThat(found.verify(home, message, new Budget(2)))
        .isInstanceOfSatisfying(
            Verdict.Rejected.class,
            refused -> assertThat(refused.reason()).isEqualTo(RejectionCode.BUDGET_EXCEEDED));
    assertThat(found.used()).isEqualTo(1);
    // another message is another question
    Verdict<VerifiedUpdate> other = found.verify(home, Bytes.utf8("other"), new Budget(10));
    assertThat(other.isAccepted()).isFalse();
  }

  @Test
  void whatWasFoundForAnotherBlockOrStateIsIgnored() {
    mine(3);
    Transaction headers = update();
    BlockContext next =
        new BlockContext(hub.ledger.head().height() + 1, hub.ledger.head().timeMillis() + 1_000);
    BlockContext later = new BlockContext(next.height(), next.timeMillis() + 1);
    Prevalidation found = hub.ledger.prevalidation(next);
    found.find(headers);
    assertThat(hub.ledger.execute(later, List.of(headers), found).isAccepted()).isTrue();
    assertThat(found.used()).isZero();
    hub.ok(hub.openTransfer(1, 50_000));
    BlockContext after = new BlockContext(next.height() + 1, hub.ledger.head().timeMillis());
    assertThat(hub.ledger.execute(after, List.of(update()), found).isAccepted()).isTrue();
    assertThat(found.used()).isZero();
  }

  /** Absence, and on an ordered lane what stands there instead. */
  @ParameterizedTest
  @EnumSource(
      value = Lane.Ordering.class,
      names = {"UNORDERED", "ORDERED"})
  void proofsOfATimeoutAreFoundToo(Lane.Ordering ordering) {
    Expiry late = Expiry.byHeight(ordering);
    Hash32 packet = late.hub.deposit(1, 100_000);
    late.expire(packet);
    late.hub.update(late.hub.far);
    assertThat(late.timeOut(packet).code()).isEqualTo("ok");
    assertThat(late.hub.prevalidated).isEqualTo(1);
  }

  /** A block full of work is not more work because it is looked at before. */
  @Test
  void noMoreWorkIsDoneThanTheBlockMayCost() {
    mine(3);
    Transaction headers = update();
    BlockContext next =
        new BlockContext(hub.ledger.head().height() + 1, hub.ledger.head().timeMillis() + 1_000);
    Prevalidation poor =
        new Prevalidation(
            hub.genesis,
            Families.load(),
            hub.ledger.head().stateRoot(),
            next,
            hub.view().state(),
            2);
    poor.find(headers);
    assertThat(hub.ledger.execute(next, List.of(headers), poor).orThrow().receipts())
        .allMatch(Receipt::isSuccess);
    assertThat(poor.used()).as("what ran out of budget is no answer").isZero();
  }
}
