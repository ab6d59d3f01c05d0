package dev.trestle.relay.relayer;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.ChainProfile;
import dev.trestle.adapter.CustodyPort;
import dev.trestle.adapter.EvidenceSource;
import dev.trestle.adapter.HeaderSource;
import dev.trestle.adapter.MessageSource;
import dev.trestle.adapter.TransactionPort;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.Claim;
import dev.trestle.relay.ledger.CreditedLedger;
import dev.trestle.relay.ledger.record.CoinRecord;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The adapter of a chain in memory on which deposits are spent. */
final class SpentChain implements ChainAdapter, CustodyPort, EvidenceSource, TransactionPort {
  private final CreditedLedger ledger;

  boolean isDown;

  /** How often outputs were asked for. */
  int looks;

  /** How often the proof of a transaction was asked for. */
  int proofs;

  /** Whether the node has lost all transactions. */
  boolean hasLostAll;

  SpentChain(CreditedLedger ledger) {
    this.ledger = ledger;
  }

  @Override
  public Future<Map<Bytes, List<ScriptOutput>>> outputsOf(Set<Bytes> outputScripts) {
    looks++;
    if (isDown) {
      return Future.failedFuture(
          new AdapterException(AdapterError.UNREACHABLE, "the node is down"));
    }
    return Future.succeededFuture(
        outputScripts.stream()
            .collect(Collectors.toMap(Function.identity(), script -> outputsOf(script))));
  }

  private List<ScriptOutput> outputsOf(Bytes script) {
    return ledger.view().routes().stream()
        .flatMap(route -> ledger.view().coins(route.home(), Optional.empty(), 99).stream())
        .filter(coin -> coin.coin().lock().script().equals(script))
        .map(this::output)
        .toList();
  }

  private ScriptOutput output(CoinRecord coin) {
    Optional<Hash32> spender = ledger.spender(coin.coin());
    return new ScriptOutput(
        coin.coin().txId(),
        coin.coin().outputIndex(),
        coin.coin().amount(),
        ledger.homeHeight() - coin.height() + 1,
        spender.isPresent(),
        spender);
  }

  @Override
  public Future<TransactionStatus> status(Hash32 transactionId) {
    return Future.succeededFuture(
        ledger
            .heightOf(transactionId)
            .<TransactionStatus>map(
                height ->
                    new TransactionStatus.Included(
                        height, Hash32.ZERO, ledger.homeHeight() - height + 1, false, true))
            .orElseGet(TransactionStatus.Unknown::new));
  }

  @Override
  public Future<Claim> transaction(Hash32 transactionId) {
    proofs++;
    if (hasLostAll) {
      return Future.failedFuture(new AdapterException(AdapterError.NOT_FOUND, "lost"));
    }
    return Future.succeededFuture(ledger.claim(transactionId));
  }

  @Override
  public Optional<CustodyPort> custody() {
    return Optional.of(this);
  }

  @Override
  public EvidenceSource evidence() {
    return this;
  }

  @Override
  public TransactionPort transactions() {
    return this;
  }

  @Override
  public void close() {}

  // what watching deposits does not ask for

  @Override
  public Bytes scriptOf(String address) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ChainProfile profile() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> start() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Health> health() {
    throw new UnsupportedOperationException();
  }

  @Override
  public HeaderSource headers() {
    throw new UnsupportedOperationException();
  }

  @Override
  public MessageSource messages() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Claim> message(MessageSource.SourceEvent event) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Hash32> broadcast(Bytes signedTransaction) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Amount> balance(String address) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String address(SecretKey key) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<SignedTransaction> preparePayment(SecretKey from, String toAddress, Amount amount) {
    throw new UnsupportedOperationException();
  }
}
