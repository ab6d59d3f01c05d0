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
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.relay.ledger.DepositLedger;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The adapter of the chain on which transfers are paid, with what was asked of it. */
final class HomeChain implements ChainAdapter, CustodyPort, EvidenceSource, HeaderSource {
  private final DepositLedger ledger;

  /** How many scripts each look was for. */
  final List<Integer> looks = new ArrayList<>();

  /** How often the proof of a transaction was asked for. */
  final List<Hash32> proofs = new ArrayList<>();

  /** Transactions that the node has lost. */
  final Set<Hash32> lost = new HashSet<>();

  boolean isDown;

  /** The time, which goes on only while the node looks. */
  long nanoTime = Long.MAX_VALUE;

  /** How long each look takes. */
  long lookNanos;

  /** How often the newest header was asked for. */
  int latestCalls;

  HomeChain(DepositLedger ledger) {
    this.ledger = ledger;
  }

  private <T> Future<T> down() {
    return Future.failedFuture(new AdapterException(AdapterError.UNREACHABLE, "the node is down"));
  }

  @Override
  public Future<Map<Bytes, List<ScriptOutput>>> outputsOf(Set<Bytes> outputScripts) {
    looks.add(outputScripts.size());
    nanoTime += lookNanos;
    if (isDown) {
      return down();
    }
    Map<Bytes, List<ScriptOutput>> outputs = new HashMap<>();
    outputScripts.forEach(script -> outputs.put(script, new ArrayList<>()));
    for (DepositLedger.Payment payment : ledger.payments()) {
      List<ScriptOutput> found = outputs.get(payment.coin().lock().script());
      if (found != null) {
        found.add(
            new ScriptOutput(
                payment.coin().txId(),
                payment.coin().outputIndex(),
                payment.coin().amount(),
                ledger.homeHead().height() - payment.height() + 1,
                false));
      }
    }
    return Future.succeededFuture(outputs);
  }

  @Override
  public Future<Claim> transaction(Hash32 transactionId) {
    proofs.add(transactionId);
    return lost.contains(transactionId)
        ? Future.failedFuture(new AdapterException(AdapterError.NOT_FOUND, "lost"))
        : Future.succeededFuture(
            ledger.payments().stream()
                .filter(payment -> payment.coin().txId().equals(transactionId))
                .map(ledger::claim)
                .findFirst()
                .orElseThrow());
  }

  @Override
  public Future<RawHeader> latest() {
    latestCalls++;
    return isDown
        ? down()
        : Future.succeededFuture(new RawHeader(ledger.homeHead(), Hash32.ZERO, Bytes.EMPTY));
  }

  @Override
  public EvidenceSource evidence() {
    return this;
  }

  @Override
  public HeaderSource headers() {
    return this;
  }

  @Override
  public Optional<CustodyPort> custody() {
    return Optional.of(this);
  }

  @Override
  public void close() {}

  // what bringing deposits does not ask for

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
  public MessageSource messages() {
    throw new UnsupportedOperationException();
  }

  @Override
  public TransactionPort transactions() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Claim> message(MessageSource.SourceEvent event) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Claim> stored(Bytes path) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Bytes> absence(Bytes path) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<RawHeader> finalized() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<RawHeader> at(long height) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<List<RawHeader>> range(long fromHeight, long toHeight) {
    throw new UnsupportedOperationException();
  }

  @Override
  public AutoCloseable follow(HeaderRef from, Consumer<HeaderEvent> listener) {
    throw new UnsupportedOperationException();
  }
}
