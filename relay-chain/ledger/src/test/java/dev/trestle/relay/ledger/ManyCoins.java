package dev.trestle.relay.ledger;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.MessageRules.ChainMessage;
import dev.trestle.relay.ledger.fake.FakeChain;
import dev.trestle.relay.ledger.fake.FakeCustody;
import dev.trestle.relay.ledger.fake.FakeMessages;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Many deposits at once, in few blocks. */
final class ManyCoins {
  private static final int BATCH = 20;

  private final Hub hub;

  ManyCoins(Hub hub) {
    this.hub = hub;
  }

  /** Transfers 0, 1, ...: deposited, swept, delivered and acknowledged. */
  void bring(long... amounts) {
    credit(amounts);
    List<Hash32> sweeps =
        IntStream.range(0, amounts.length).mapToObj(hub::sweep).map(this::sweep).toList();
    settle(sweeps);
    acknowledge(amounts.length);
  }

  private void credit(long... amounts) {
    each(amounts.length, i -> hub.openTransfer(i, amounts[i]));
    List<Bytes> paid =
        IntStream.range(0, amounts.length).mapToObj(i -> pay(i, amounts[i])).toList();
    mine(hub.home, paid);
    hub.follow(hub.home, 3);
    each(
        amounts.length,
        i -> new TransactionBody.SubmitDeposit(hub.transferId(i), hub.home.claim(paid.get(i))));
    each(amounts.length, hub::sweep);
  }

  private Bytes pay(int number, long amount) {
    Bytes script = hub.view().depositLock(hub.transferId(number)).orElseThrow().script();
    FakeCustody.Tx.Out out = new FakeCustody.Tx.Out(script, Amount.of(amount));
    return FakeChain.payment(10_000 + number, out).encode();
  }

  private Hash32 sweep(TransactionBody.PlanSweep of) {
    return hub.view()
        .coin(of.chain(), of.txId(), of.outputIndex())
        .orElseThrow()
        .reservedFor()
        .orElseThrow();
  }

  /** Signs, executes and proves planned releases. */
  private void settle(List<Hash32> releases) {
    for (int member = 0; member < 3; member++) {
      int by = member;
      each(
          releases.size(),
          i -> hub.signRelease(hub.view().release(releases.get(i)).orElseThrow(), by));
    }
    mine(
        hub.home,
        releases.stream()
            .map(id -> hub.view().release(id).flatMap(ReleaseRecord::transaction).orElseThrow())
            .toList());
    hub.follow(hub.home, 3);
    each(releases.size(), i -> hub.proof(releases.get(i)));
  }

  private void acknowledge(int count) {
    List<Bytes> facts =
        IntStream.range(0, count)
            .mapToObj(i -> new ChainMessage.PacketReceived(hub.packetId(i), true))
            .map(message -> FakeMessages.fact(Hub.CONTRACT, message))
            .toList();
    mine(hub.far, facts);
    hub.follow(hub.far, 2);
    each(count, i -> new TransactionBody.SubmitMessage(hub.far.id(), hub.far.claim(facts.get(i))));
  }

  /** Proofs of this chain hold all that is in a block. */
  private static void mine(FakeChain chain, List<Bytes> facts) {
    for (int from = 0; from < facts.size(); from += BATCH) {
      int to = Math.min(from + BATCH, facts.size());
      chain.mine(facts.subList(from, to).toArray(Bytes[]::new));
    }
  }

  /** Each body made when its block is, and accepted. */
  private void each(int count, IntFunction<TransactionBody> bodies) {
    for (int from = 0; from < count; from += BATCH) {
      int first = from;
      long nonce = hub.view().nonce(hub.user.publicKey());
      Stream<Transaction> batch =
          IntStream.range(from, Math.min(from + BATCH, count))
              .mapToObj(
                  i -> Transaction.sign(hub.hubId(), hub.user, nonce + i - first, bodies.apply(i)));
      for (Receipt receipt : hub.block(batch.toArray(Transaction[]::new)).receipts()) {
        if (!receipt.isSuccess()) {
          throw new AssertionError(receipt.code() + ": " + receipt.detail());
        }
      }
    }
  }
}
