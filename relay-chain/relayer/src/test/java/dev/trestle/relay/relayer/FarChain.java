package dev.trestle.relay.relayer;

import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.ChainProfile;
import dev.trestle.adapter.EvidenceSource;
import dev.trestle.adapter.HeaderSource;
import dev.trestle.adapter.MessageSource;
import dev.trestle.adapter.PacketPort;
import dev.trestle.adapter.TransactionPort;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.relay.ledger.LateLedger;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The adapter of a chain in memory whose contract executes packets by the rules of ICS-4. */
record FarChain(LateLedger ledger)
    implements ChainAdapter, EvidenceSource, HeaderSource, PacketPort, TransactionPort {
  /** Of a path: {@code "state" | u64 height | key}. */
  private static final int HEIGHT = 5;

  private static final int KEY = HEIGHT + 8;

  @Override
  public Future<Claim> stored(Bytes path) {
    long height = CanonicalReader.decode(path.slice(HEIGHT, KEY), CanonicalReader::u64);
    Bytes value = ledger.storedAt(height, path.slice(KEY, path.size()));
    return Future.succeededFuture(new Claim(path, value, ledger.destination().proof(height)));
  }

  @Override
  public Future<Bytes> absence(Bytes path) {
    return stored(path)
        .compose(
            claim ->
                claim.value().isEmpty()
                    ? Future.succeededFuture(claim.proof())
                    : Future.failedFuture("something is there"));
  }

  @Override
  public Future<RawHeader> latest() {
    HeaderRef head = ledger.destination().ref(ledger.destination().height());
    return Future.succeededFuture(new RawHeader(head, Hash32.ZERO, Bytes.EMPTY));
  }

  @Override
  public Future<Boolean> isDelivered(Bytes contract, Hash32 packetId) {
    return Future.succeededFuture(ledger.isReceived(packetId));
  }

  @Override
  public Future<SignedTransaction> prepareDelivery(
      Bytes contract, PacketDelivery delivery, SecretKey from) {
    Packet packet = delivery.packet();
    return Future.succeededFuture(new SignedTransaction(packet.id(), packet.encode(), Amount.ZERO));
  }

  /** In a block at once. */
  @Override
  public Future<Hash32> broadcast(Bytes signedTransaction) {
    Packet packet = Packet.decode(signedTransaction);
    return ledger.deliver(packet)
        ? Future.succeededFuture(packet.id())
        : Future.failedFuture("the contract refuses sequence " + packet.sequence());
  }

  @Override
  public Future<TransactionStatus> status(Hash32 transactionId) {
    return Future.succeededFuture(new TransactionStatus.Unknown());
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
  public TransactionPort transactions() {
    return this;
  }

  @Override
  public Optional<PacketPort> packets() {
    return Optional.of(this);
  }

  @Override
  public void close() {}

  // what carrying packets does not ask for

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
  public Future<Claim> transaction(Hash32 transactionId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Claim> message(MessageSource.SourceEvent event) {
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

  @Override
  public Future<Long> validatorEpoch(Bytes contract) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<SignedTransaction> prepareValidatorUpdate(
      Bytes contract,
      Bytes header,
      Bytes certificate,
      List<EvmAddress> validators,
      List<EvmAddress> nextValidators,
      SecretKey from) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<SignedTransaction> prepareBurn(
      Bytes contract, Hash32 assetId, Amount amount, Bytes recipient, SecretKey holder) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Amount> wrappedBalance(Bytes contract, Hash32 assetId, String address) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Amount> wrappedSupply(Bytes contract, Hash32 assetId) {
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
