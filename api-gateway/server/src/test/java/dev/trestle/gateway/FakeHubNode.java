package dev.trestle.gateway;

import dev.trestle.adapter.PacketPort.PacketDelivery;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.gateway.http.Problem;
import dev.trestle.gateway.http.ProblemCode;
import dev.trestle.gateway.hub.HubNode;
import dev.trestle.relay.ledger.BlockResult;
import dev.trestle.relay.ledger.GatewayLedger;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.LedgerCode;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.node.NodeReason;
import dev.trestle.relay.relayer.HandOver;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A relay chain that puts every transaction into a block of its own at once. */
final class FakeHubNode implements HubNode {
  private final GatewayLedger ledger;
  private final Map<Hash32, Included> included = new LinkedHashMap<>();
  private final Map<Long, BlockInfo> blocks = new LinkedHashMap<>();
  private final List<Consumer<BlockEvents>> listeners = new CopyOnWriteArrayList<>();

  /** What the node says of the chain; a test sets it. */
  volatile Liveness liveness = new Liveness(Optional.empty(), List.of());

  /** While set, transactions wait as in the mempool of a chain that makes no blocks. */
  volatile boolean halted;

  /** These, by sender and nonce. */
  final Map<String, Transaction> waiting = new LinkedHashMap<>();

  FakeHubNode(GatewayLedger ledger) {
    this.ledger = ledger;
  }

  @Override
  public Hash32 hubId() {
    return ledger.hubId();
  }

  @Override
  public LedgerView view() {
    return ledger.view();
  }

  @Override
  public synchronized Head head() {
    return new Head(ledger.height(), id(ledger.height()), 1_700_000_000_000L);
  }

  private static Hash32 id(long height) {
    return Digests.sha256(Bytes.utf8("block " + height));
  }

  @Override
  public synchronized Optional<BlockInfo> block(long height) {
    return Optional.ofNullable(blocks.get(height));
  }

  @Override
  public List<ValidatorInfo> validators() {
    List<Genesis.Validator> all = view().genesis().validators();
    List<ValidatorInfo> infos = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      infos.add(new ValidatorInfo(i, all.get(i).key().evmAddress(), all.get(i).key()));
    }
    return infos;
  }

  @Override
  public Optional<List<ValidatorInfo>> validatorsAt(long height) {
    return height >= 1 && height <= head().height() + 1
        ? Optional.of(validators())
        : Optional.empty();
  }

  @Override
  public List<HandOver> handOvers() {
    return List.of();
  }

  @Override
  public synchronized Verdict<Hash32> send(Transaction transaction) {
    if (halted) {
      return hold(transaction);
    }
    if (transaction.nonce() != view().nonce(transaction.sender())) {
      return Verdict.reject(LedgerCode.BAD_NONCE, "nonce");
    }
    BlockResult result = ledger.block(transaction);
    long height = result.context().height();
    included.put(transaction.id(), new Included(result.receipts().getFirst(), height));
    blocks.put(
        height,
        new BlockInfo(
            height,
            id(height),
            result.context().timeMillis(),
            result.stateRoot(),
            result.outboxRoot(),
            validators().getFirst().address(),
            List.of(transaction.id()),
            Bytes.utf8("header"),
            Bytes.utf8("certificate")));
    listeners.forEach(
        listener ->
            listener.accept(
                new BlockEvents(height, result.context().timeMillis(), result.events())));
    return Verdict.accept(transaction.id());
  }

  private Verdict<Hash32> hold(Transaction transaction) {
    String place = transaction.sender() + " " + transaction.nonce();
    Transaction there = waiting.putIfAbsent(place, transaction);
    if (there == null) {
      return Verdict.accept(transaction.id());
    }
    return there.id().equals(transaction.id())
        ? Verdict.ignore(NodeReason.DUPLICATE, place)
        : Verdict.reject(NodeReason.NONCE_TAKEN, place);
  }

  @Override
  public Included awaitInclusion(Hash32 transactionId) {
    return find(transactionId)
        .orElseThrow(() -> new Problem(ProblemCode.RELAY_NO_QUORUM, "no block"));
  }

  @Override
  public synchronized Optional<Included> find(Hash32 transactionId) {
    return Optional.ofNullable(included.get(transactionId));
  }

  @Override
  public Optional<PacketDelivery> delivery(Hash32 packetId) {
    return Optional.empty();
  }

  @Override
  public Liveness liveness() {
    return liveness;
  }

  @Override
  public void onBlock(Consumer<BlockEvents> listener) {
    listeners.add(listener);
  }
}
