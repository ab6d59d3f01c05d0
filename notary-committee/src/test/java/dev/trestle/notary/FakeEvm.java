package dev.trestle.notary;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.ChainProfile;
import dev.trestle.adapter.EvidenceSource;
import dev.trestle.adapter.HeaderSource;
import dev.trestle.adapter.MessageSource;
import dev.trestle.adapter.PacketPort;
import dev.trestle.adapter.TransactionPort;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.proofs.Rlp;
import dev.trestle.proofs.RlpItem;
import dev.trestle.proofs.evm.EvmHeader;
import dev.trestle.proofs.evm.EvmLog;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** An EVM chain in memory, as one node shows it. */
class FakeEvm implements ChainAdapter, HeaderSource, MessageSource, PacketPort {
  private final List<RawHeader> blocks = new ArrayList<>();
  private final TreeMap<Long, List<SourceEvent>> events = new TreeMap<>();
  private final String salt;
  long finalHeight;
  Amount supply = Amount.ZERO;
  boolean down;
  boolean delivered;

  FakeEvm(String salt) {
    this.salt = salt;
    mine(1);
  }

  /** Adds blocks up to {@code height}; all but the newest two are final. */
  void mine(int count) {
    for (int i = 0; i < count; i++) {
      long height = blocks.size();
      Hash32 parent = height == 0 ? Hash32.ZERO : blocks.getLast().ref().id();
      Bytes raw = header(height, parent, salt);
      blocks.add(
          new RawHeader(
              new HeaderRef(height, EvmHeader.decode(raw).hash(), time(height)), parent, raw));
    }
    finalHeight = Math.max(0, blocks.size() - 3);
  }

  /** Puts a log into the newest block. */
  SourceEvent emit(EvmLog log) {
    RawHeader block = blocks.getLast();
    List<SourceEvent> there = events.computeIfAbsent(block.ref().height(), at -> new ArrayList<>());
    Hash32 transaction = Digests.sha256(block.raw(), log.encode());
    SourceEvent event =
        new SourceEvent(block.ref(), transaction, there.size(), log.address(), log.encode());
    there.add(event);
    return event;
  }

  void forget(SourceEvent event) {
    events.values().forEach(there -> there.remove(event));
  }

  RawHeader block(long height) {
    return blocks.get((int) height);
  }

  static long time(long height) {
    return 1_800_000_000L + height;
  }

  static Bytes header(long height, Hash32 parent, String salt) {
    Bytes word = Hash32.ZERO.bytes();
    List<RlpItem> fields = new ArrayList<>();
    fields.add(RlpItem.of(parent.bytes()));
    fields.add(RlpItem.of(word));
    fields.add(RlpItem.of(Bytes.wrap(new byte[20])));
    fields.add(RlpItem.of(word));
    fields.add(RlpItem.of(word));
    fields.add(RlpItem.of(word));
    fields.add(RlpItem.of(Bytes.wrap(new byte[256])));
    for (long number : new long[] {0, height, 30_000_000, 0, time(height)}) {
      fields.add(RlpItem.of(number));
    }
    fields.add(RlpItem.of(Bytes.utf8(salt)));
    fields.add(RlpItem.of(word));
    fields.add(RlpItem.of(Bytes.wrap(new byte[8])));
    return Rlp.encode(RlpItem.of(fields));
  }

  private <T> Future<T> answer(java.util.function.Supplier<T> answer) {
    return down
        ? Future.failedFuture(new AdapterException(AdapterError.UNREACHABLE, "down"))
        : Future.succeededFuture(answer.get());
  }

  @Override
  public HeaderSource headers() {
    return this;
  }

  @Override
  public MessageSource messages() {
    return this;
  }

  @Override
  public Optional<PacketPort> packets() {
    return Optional.of(this);
  }

  @Override
  public Future<RawHeader> latest() {
    return answer(blocks::getLast);
  }

  @Override
  public Future<RawHeader> finalized() {
    return answer(() -> block(finalHeight));
  }

  @Override
  public Future<RawHeader> at(long height) {
    return answer(() -> block(height));
  }

  @Override
  public Future<List<RawHeader>> range(long fromHeight, long toHeight) {
    return answer(() -> blocks.subList((int) fromHeight, (int) toHeight + 1));
  }

  @Override
  public AutoCloseable follow(HeaderRef from, Consumer<HeaderEvent> listener) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<List<SourceEvent>> replay(Bytes emitter, long fromHeight, long toHeight) {
    return answer(
        () ->
            events.subMap(fromHeight, true, toHeight, true).values().stream()
                .flatMap(List::stream)
                .toList());
  }

  @Override
  public Future<List<SourceEvent>> reobserve(Bytes emitter, Hash32 transactionId) {
    return answer(
        () ->
            events.values().stream()
                .flatMap(List::stream)
                .filter(event -> event.transactionId().equals(transactionId))
                .toList());
  }

  @Override
  public Future<Amount> wrappedSupply(Bytes contract, Hash32 assetId) {
    return answer(() -> supply);
  }

  @Override
  public ChainProfile profile() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> start() {
    return Future.succeededFuture();
  }

  @Override
  public Future<Health> health() {
    throw new UnsupportedOperationException();
  }

  @Override
  public EvidenceSource evidence() {
    throw new UnsupportedOperationException();
  }

  @Override
  public TransactionPort transactions() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<TransactionPort.SignedTransaction> prepareDelivery(
      Bytes contract, PacketDelivery delivery, SecretKey from) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Boolean> isDelivered(Bytes contract, Hash32 packetId) {
    return answer(() -> delivered);
  }

  @Override
  public Future<Long> validatorEpoch(Bytes contract) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<TransactionPort.SignedTransaction> prepareValidatorUpdate(
      Bytes contract,
      Bytes header,
      Bytes certificate,
      List<EvmAddress> validators,
      List<EvmAddress> nextValidators,
      SecretKey from) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<TransactionPort.SignedTransaction> prepareBurn(
      Bytes contract, Hash32 assetId, Amount amount, Bytes recipient, SecretKey holder) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Amount> wrappedBalance(Bytes contract, Hash32 assetId, String address) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
