package dev.trestle.relay.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.TrestleException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.state.Batch;
import dev.trestle.relay.ledger.state.InMemoryKeyValueStore;
import dev.trestle.relay.ledger.state.StateProof;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LedgerTest {
  private final InMemoryKeyValueStore store = new InMemoryKeyValueStore();
  private final Hub hub = new Hub(new Handlers(new Deposits()), store);

  private static String code(Verdict<?> verdict) {
    return switch (verdict) {
      case Verdict.Accepted<?> accepted -> "ok";
      case Verdict.Ignored<?>(var reason, var detail) -> reason.code();
      case Verdict.Rejected<?>(var reason, var detail) -> reason.code();
      case Verdict.Later<?>(var reason, var detail) -> "later " + reason.code();
    };
  }

  private TransactionBody pause() {
    return new TransactionBody.Pause(new PauseSubject.Everything());
  }

  private BlockContext next() {
    return new BlockContext(hub.ledger.head().height() + 1, hub.genesis.timeMillis() + 5);
  }

  @Test
  void failingTransactionChangesNothingButTheNonce() {
    BlockResult empty = hub.execute();
    BlockResult result = hub.execute(hub.sign(hub.user, pause()));
    assertThat(result.receipts().getFirst().code()).isEqualTo("not-authorised");
    assertThat(result.receipts().getFirst().events()).isEmpty();
    assertThat(result.stateRoot()).isNotEqualTo(empty.stateRoot());
    hub.ledger.commit(result);
    assertThat(hub.view().nonce(hub.user.publicKey())).isEqualTo(1);
    assertThat(hub.view().paused()).isEmpty();
  }

  @Test
  void inadmissibleTransactionsMakeABlockInvalid() {
    Transaction good = hub.sign(hub.user, pause());
    Transaction ahead = Transaction.sign(hub.hubId(), hub.user, good.nonce() + 1, pause());
    Transaction foreign =
        Transaction.sign(Hub.hash("another chain"), hub.user, good.nonce(), pause());
    Transaction stolen =
        new Transaction(
            good.chainId(), hub.refund.publicKey(), good.nonce(), good.body(), good.signature());
    assertThat(code(hub.ledger.execute(next(), List.of(ahead)))).isEqualTo("later nonce-gap");
    assertThat(code(hub.ledger.execute(next(), List.of(foreign)))).isEqualTo("wrong-relay-chain");
    assertThat(code(hub.ledger.execute(next(), List.of(stolen)))).isEqualTo("bad-signature");
    assertThat(code(hub.ledger.execute(next(), List.of(good, good)))).isEqualTo("bad-nonce");
    assertThat(code(hub.ledger.execute(next(), List.of(good, ahead)))).isEqualTo("ok");
    hub.block(good);
    assertThat(code(hub.ledger.check(good))).isEqualTo("bad-nonce");
  }

  @Test
  void heightAndTimeOfABlockAreChecked() {
    assertThat(code(hub.ledger.execute(new BlockContext(2, 9_000_000_000_000L), List.of())))
        .isEqualTo("wrong-height");
    assertThat(code(hub.ledger.execute(new BlockContext(1, 5), List.of())))
        .isEqualTo("time-not-later");
  }

  @Test
  void blockOverTheLimitIsInvalidAndSelectStaysBelow() {
    TransactionBody big =
        new TransactionBody.UpdateClient(
            dev.trestle.base.ChainId.parse("bip122:fake"), Bytes.wrap(new byte[90_000]));
    long nonce = hub.view().nonce(hub.user.publicKey());
    List<Transaction> three =
        List.of(
            Transaction.sign(hub.hubId(), hub.user, nonce, big),
            Transaction.sign(hub.hubId(), hub.user, nonce + 1, big),
            Transaction.sign(hub.hubId(), hub.user, nonce + 2, big));
    assertThat(code(hub.ledger.execute(next(), three))).isEqualTo("block-too-large");
    assertThat(hub.ledger.select(three)).hasSize(2);
    TransactionBody tooBig =
        new TransactionBody.UpdateClient(
            dev.trestle.base.ChainId.parse("bip122:fake"), Bytes.wrap(new byte[100_000]));
    assertThat(code(hub.ledger.check(hub.sign(hub.user, tooBig))))
        .isEqualTo("transaction-too-large");
  }

  @Test
  void selectKeepsOnlyWhatFormsAValidBlock() {
    Transaction first = hub.sign(hub.user, pause());
    Transaction gap = Transaction.sign(hub.hubId(), hub.user, 5, pause());
    Transaction second = Transaction.sign(hub.hubId(), hub.user, 1, pause());
    Transaction other = hub.sign(hub.refund, pause());
    List<Transaction> chosen = hub.ledger.select(List.of(first, gap, second, other, first));
    assertThat(chosen).containsExactly(first, second, other);
    assertThat(hub.ledger.execute(next(), chosen).isAccepted()).isTrue();
  }

  @Test
  void malformedBytesAreAVerdict() {
    assertThat(code(hub.ledger.check(Bytes.EMPTY))).isEqualTo("malformed");
    Bytes good = hub.sign(hub.user, pause()).encode();
    assertThat(code(hub.ledger.check(good))).isEqualTo("ok");
    assertThat(code(hub.ledger.check(Bytes.concat(good, Bytes.fromHex("00")))))
        .isEqualTo("malformed");
    for (int i = 0; i < good.size(); i++) {
      byte[] raw = good.toArray();
      raw[i] ^= 1;
      assertThat(hub.ledger.check(Bytes.wrap(raw)).isAccepted()).as("byte %d", i).isFalse();
    }
  }

  @Test
  void executionWritesNothingAndCommitTakesOneOfSeveral() {
    BlockResult one = hub.execute(hub.sign(hub.governance.getFirst(), pause()));
    BlockResult two = hub.execute();
    assertThat(hub.ledger.head().height()).isZero();
    assertThat(hub.view().paused()).isEmpty();
    hub.ledger.commit(two);
    assertThatThrownBy(() -> hub.ledger.commit(one))
        .isInstanceOf(TrestleException.class)
        .hasMessageContaining("wrong-height");
  }

  @Test
  void reopensWhereItWasAndRefusesAnotherGenesisOrATornTree() {
    hub.block(hub.sign(hub.governance.getFirst(), pause()));
    Ledger again = Ledger.open(hub.genesis, Families.load(), store);
    assertThat(again.head()).isEqualTo(hub.ledger.head());
    assertThat(again.view().isPaused(new PauseSubject.Everything())).isTrue();

    Genesis other =
        new Genesis(
            "other",
            hub.genesis.timeMillis(),
            hub.genesis.validators(),
            hub.genesis.governance(),
            hub.genesis.committee(),
            hub.genesis.parameters());
    assertThatThrownBy(() -> Ledger.open(other, Families.load(), store))
        .isInstanceOf(TrestleException.class)
        .hasMessageContaining("wrong-genesis");

    TreeMap<Bytes, Optional<Bytes>> tear = new TreeMap<>();
    store
        .scan(Bytes.fromHex("02"), Bytes.EMPTY, 100)
        .forEach(page -> tear.put(page.key(), Optional.empty()));
    store.apply(new Batch(tear));
    assertThatThrownBy(() -> Ledger.open(hub.genesis, Families.load(), store))
        .isInstanceOf(TrestleException.class)
        .hasMessageContaining("corrupt-state");
  }

  @Test
  void recordsCanBeProvedAgainstTheCommittedRoot() {
    hub.block(hub.sign(hub.governance.getFirst(), pause()));
    Bytes key = StateKeys.pause(new PauseSubject.Everything());
    Ledger.ProvenValue there = hub.ledger.prove(key);
    assertThat(
            StateProof.verifyPresence(
                hub.ledger.head().stateRoot(), key, there.value().orElseThrow(), there.proof()))
        .isTrue();
    Bytes missing = StateKeys.chain(hub.home.id());
    Ledger.ProvenValue absent = hub.ledger.prove(missing);
    assertThat(absent.value()).isEmpty();
    assertThat(StateProof.verifyAbsence(absent.stateRoot(), missing, absent.proof())).isTrue();
  }

  @Test
  void oneStopsAndOnlyAQuorumGoesOn() {
    SecretKey member = hub.attestKeys.getFirst();
    PauseSubject everything = new PauseSubject.Everything();
    assertThat(hub.send(hub.user, pause()).code()).isEqualTo("not-authorised");
    assertThat(hub.send(member, pause()).isSuccess()).isTrue();
    assertThat(hub.send(member, pause()).code()).isEqualTo("already-paused");
    hub.home.mine();
    assertThat(hub.send(hub.registerChain(hub.home, Optional.empty())).code()).isEqualTo("paused");
    assertThat(hub.send(hub.resume(everything, 2)).code()).isEqualTo("approvals-missing");
    TransactionBody.Resume first = hub.resume(everything, 3);
    hub.ok(first);
    assertThat(hub.send(first).code()).isEqualTo("not-paused");
    hub.send(member, pause());
    assertThat(hub.send(first).code())
        .as("an old approval does not lift a new pause")
        .isEqualTo("unknown-approver");
    hub.ok(hub.resume(everything, 3));
  }

  @Test
  void pausedChainAndRouteStopTheirTransactions() {
    Hub ready = Hub.ready();
    SecretKey key = ready.governance.getFirst();
    ready.send(key, new TransactionBody.Pause(new PauseSubject.Route(ready.routeId())));
    assertThat(ready.send(ready.openTransfer(1, 50_000)).code()).isEqualTo("paused");
    ready.ok(ready.resume(new PauseSubject.Route(ready.routeId()), 3));
    ready.ok(ready.openTransfer(1, 50_000));
    ready.send(key, new TransactionBody.Pause(new PauseSubject.Chain(ready.far.id())));
    assertThat(ready.send(ready.openTransfer(2, 50_000)).code()).isEqualTo("paused");
    ready.far.mine();
    assertThat(
            ready
                .send(new TransactionBody.UpdateClient(ready.far.id(), ready.far.updateFrom(104)))
                .code())
        .isEqualTo("paused");
    assertThat(ready.send(ready.openTransfer(1, 50_000)).outcome())
        .as("a known request is answered")
        .isEqualTo(Receipt.Outcome.EXISTING);
  }

  @Test
  void idempotencyKeyNamesOneRequest() {
    Hub ready = Hub.ready();
    ready.ok(ready.openTransfer(1, 50_000));
    assertThat(ready.send(ready.openTransfer(1, 50_000)).outcome())
        .isEqualTo(Receipt.Outcome.EXISTING);
    assertThat(ready.send(ready.openTransfer(1, 50_001)).code())
        .isEqualTo("idempotency-key-reused");
    assertThat(ready.send(ready.openTransfer(2, 19_999)).code()).isEqualTo("amount-out-of-limits");
    assertThat(ready.send(ready.openTransfer(2, 1_000_001)).code())
        .isEqualTo("amount-out-of-limits");
    assertThat(ready.send(ready.refund, ready.openTransfer(1, 50_001)).isSuccess())
        .as("keys of other senders are other keys")
        .isTrue();
  }
}
