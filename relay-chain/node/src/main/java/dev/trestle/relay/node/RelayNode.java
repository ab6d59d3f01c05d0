package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.TimeSource;
import dev.trestle.base.TrestleException;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.proofs.MerkleProof;
import dev.trestle.proofs.MerkleTree;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.RelayHeader;
import dev.trestle.relay.ledger.Families;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.Ledger;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.record.ValidatorsRecord;
import dev.trestle.relay.ledger.state.StateProof;
import dev.trestle.relay.ledger.tx.Transaction;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node of the relay chain: a validator, or a follower that only takes over what a quorum
 * certified. All methods may be called from any thread.
 */
public final class RelayNode {
  private static final Logger LOG = LoggerFactory.getLogger(RelayNode.class);

  private final Vertx vertx;
  private final boolean ownsVertx;
  private volatile NodeAssembly parts;
  private final NodeSetup setup;
  private final NodeEvents events;
  private final RpcServer rpc;
  private final int peerPort;
  private Optional<MetricsServer> metrics = Optional.empty();
  private Optional<NodeMetrics> figures = Optional.empty();
  private Future<Void> switching = Future.succeededFuture();
  private boolean closing;
  private final int rpcPort;

  /**
   * An older block under a newer one's history root.
   *
   * @param proof its leaf is the older block's id, its index the older height less 1
   */
  public record HistoryProof(
      RelayHeader header, CommitCertificate certificate, RelayHeader older, MerkleProof proof) {}

  /** Value and proof of a key, or proof of its absence, in the state after the newest block. */
  public record ProvenValue(
      RelayHeader header,
      CommitCertificate certificate,
      Bytes key,
      Optional<Bytes> value,
      StateProof proof) {}

  /** That a final block emitted a packet: what a bridge contract is given. */
  public record OutboxProof(
      RelayHeader header, CommitCertificate certificate, Packet packet, MerkleProof proof) {}

  private RelayNode(
      Vertx vertx,
      boolean ownsVertx,
      NodeSetup setup,
      NodeAssembly parts,
      NodeEvents events,
      RpcServer rpc,
      int peerPort) {
    this.setup = setup;
    this.vertx = vertx;
    this.ownsVertx = ownsVertx;
    this.parts = parts;
    this.events = events;
    this.rpc = rpc;
    this.peerPort = peerPort;
    this.rpcPort = rpc.port();
  }

  /** Starts a node with its own Vert.x and the light-client families on the class path. */
  public static Future<RelayNode> start(NodeConfig config) {
    return start(NodeSetup.ledger(config, Families.load()));
  }

  /** Starts a node with its own Vert.x. */
  public static Future<RelayNode> start(NodeSetup setup) {
    Vertx vertx = Vertx.vertx();
    return start(vertx, true, setup).onFailure(cause -> vertx.close());
  }

  /**
   * Starts a node on somebody's Vert.x, which it leaves open.
   *
   * @param listeners told of every block from the first one that this start stores
   */
  public static Future<RelayNode> start(
      Vertx vertx,
      NodeConfig config,
      Families families,
      TimeSource clock,
      List<BlockListener> listeners) {
    return start(vertx, NodeSetup.ledger(config, families).clock(clock).listeners(listeners));
  }

  /** Starts a node on somebody's Vert.x, which it leaves open. */
  public static Future<RelayNode> start(Vertx vertx, NodeSetup setup) {
    return start(vertx, false, setup);
  }

  private static Future<RelayNode> start(Vertx vertx, boolean ownsVertx, NodeSetup setup) {
    NodeEvents events = new NodeEvents(setup.listeners());
    return vertx
        .executeBlocking(() -> NodeAssembly.open(vertx, setup, events), false)
        .compose(parts -> connect(vertx, ownsVertx, setup, events, Objects.requireNonNull(parts)));
  }

  private static Future<RelayNode> connect(
      Vertx vertx, boolean ownsVertx, NodeSetup setup, NodeEvents events, NodeAssembly parts) {
    RpcServer rpc = new RpcServer(vertx);
    Future<RelayNode> started =
        parts
            .network()
            .start(parts.loop())
            .compose(
                peerPort ->
                    rpc.listen(setup.config().rpcPort())
                        .map(
                            ok ->
                                new RelayNode(
                                    vertx, ownsVertx, setup, parts, events, rpc, peerPort)))
            .compose(node -> node.measure(setup.config().operations()));
    return started
        .onSuccess(
            node -> {
              EventStream stream = new EventStream(new StoreEvents(() -> node.parts.store()));
              events.add(stream);
              rpc.serve(new RpcMethods(node), stream);
              node.run();
            })
        .recover(
            cause ->
                parts
                    .network()
                    .close()
                    .compose(
                        done ->
                            vertx.executeBlocking(
                                () -> {
                                  parts.close();
                                  return true;
                                }))
                    .compose(done -> Future.failedFuture(cause)));
  }

  /** Serves the node's figures, if that is configured. */
  private Future<RelayNode> measure(NodeConfig.Operations operations) {
    if (operations.metrics().isEmpty()) {
      return Future.succeededFuture(this);
    }
    NodeMetrics measured = new NodeMetrics();
    events.add(measured);
    figures = Optional.of(measured);
    return MetricsServer.listen(vertx, operations.metrics().get(), measured, this::status)
        .map(
            server -> {
              metrics = Optional.of(server);
              return this;
            })
        .recover(cause -> rpc.close().compose(done -> Future.failedFuture(cause)));
  }

  /** A snapshot's store is ready: the node is opened on it, under the same ports. */
  private synchronized void switchStore() {
    if (closing) {
      return; // it is taken up at the next start
    }
    NodeAssembly before = parts;
    switching =
        before
            .network()
            .close()
            .compose(
                done ->
                    vertx.executeBlocking(
                        () -> {
                          before.close();
                          NodeConfig same = setup.config().again(peerPort, rpcPort);
                          return NodeAssembly.open(vertx, setup.config(same), events);
                        },
                        false))
            .compose(
                opened -> {
                  NodeAssembly next = Objects.requireNonNull(opened);
                  parts = next;
                  return next.network().start(next.loop());
                })
            .onSuccess(
                port -> {
                  NodeEvent.STATE_SYNCED
                      .on(LOG)
                      .addKeyValue("height", parts.store().head())
                      .log("the node goes on from a snapshot");
                  run();
                })
            .onFailure(events::fault)
            .mapEmpty();
  }

  private void run() {
    figures.ifPresent(
        measured -> parts.validator().ifPresent(own -> own.log().watch(measured::logSynced)));
    events.onStoreReady(this::switchStore);
    CoreThread thread = parts.thread();
    thread.run(parts::lookAtDisk);
    thread.every(DiskWatch.INTERVAL_MS, parts::lookAtDisk);
    parts.core().start();
    NodeEvent.NODE_STARTED
        .on(LOG)
        .addKeyValue(
            "validator", parts.validator().map(v -> v.signer().address().toString()).orElse("none"))
        .addKeyValue("chain", parts.genesis().chainId())
        .addKeyValue("height", parts.store().head())
        .addKeyValue("peerPort", peerPort)
        .addKeyValue("rpcPort", rpcPort)
        .log("the relay node runs");
  }

  /** Where peers connect; the real one if the configuration says 0. */
  public int peerPort() {
    return peerPort;
  }

  /** Where the figures are served, if they are. */
  public OptionalInt metricsPort() {
    return metrics.map(server -> OptionalInt.of(server.port())).orElseGet(OptionalInt::empty);
  }

  /** Shows figures of the role that this node serves, if it shows any at all. */
  public void addMetrics(RoleMetrics role) {
    figures.ifPresent(measured -> measured.add(role));
  }

  /** Where JSON-RPC is served on the loopback address. */
  public int rpcPort() {
    return rpcPort;
  }

  public Genesis genesis() {
    return parts.genesis();
  }

  /** Offers a transaction; accepted means that it waits in the mempool, with its id. */
  public Future<Verdict<Hash32>> submit(Transaction transaction) {
    return submit(transaction.encode());
  }

  /** As {@link #submit(Transaction)}, for encoded bytes of any origin. */
  public Future<Verdict<Hash32>> submit(Bytes encoded) {
    return Future.fromCompletionStage(
        parts.loop().transaction(encoded), vertx.getOrCreateContext());
  }

  /**
   * Completes when a block with the transaction is stored here; fails with {@link
   * NodeReason#TIMED_OUT} after {@code patience}. The record says whether it had an effect.
   */
  public Future<TransactionRecord> awaitInclusion(Hash32 txId, Duration patience) {
    Promise<TransactionRecord> included = Promise.promise();
    parts
        .thread()
        .run(
            () ->
                parts.desk().await(txId, patience.toMillis(), told -> settle(included, txId, told)),
            () -> settle(included, txId, new Settlement.Closed()));
    return outside(included.future());
  }

  private static void settle(
      Promise<TransactionRecord> included, Hash32 txId, Settlement settlement) {
    switch (settlement) {
      case Settlement.Included(TransactionRecord record) -> included.tryComplete(record);
      case Settlement.Refused(var reason, String detail, boolean retry) ->
          included.tryFail(new TrestleException(reason, detail));
      case Settlement.TimedOut timedOut ->
          included.tryFail(
              new TrestleException(NodeReason.TIMED_OUT, "not included in time: " + txId));
      case Settlement.Closed closed ->
          included.tryFail(new TrestleException(NodeReason.CLOSED, "the node is closed"));
    }
  }

  /**
   * Offers a transaction and waits until a block with it is final and stored here, or it is clear
   * that none will be.
   *
   * @param told once, on the node's core thread: it must not block
   */
  public void submitAndAwait(Bytes encoded, Duration patience, Consumer<Settlement> told) {
    parts.loop().submit(encoded, patience.toMillis(), told);
  }

  /** The sets of validators so far, each with the first height that it certifies; oldest first. */
  public List<ValidatorsRecord> eras() {
    List<ValidatorsRecord> eras = new ArrayList<>();
    eras.add(new ValidatorsRecord(0, 1, parts.genesis().validators()));
    eras.addAll(parts.store().eras());
    return List.copyOf(eras);
  }

  /** The set that certifies {@code height}, as far as it is decided: of the next block at most. */
  public ValidatorsRecord validatorsAt(long height) {
    List<ValidatorsRecord> eras = eras();
    return eras.reversed().stream()
        .filter(era -> era.since() <= height)
        .findFirst()
        .orElse(eras.getFirst());
  }

  /** Height of the newest block, 0 before the first. */
  public long head() {
    return parts.chain().head().height();
  }

  public Optional<Block> blockAt(long height) {
    return height < 1 ? Optional.empty() : parts.store().block(height);
  }

  /** Also of a block that is not kept any more, if it was the last one of an era. */
  public Optional<RelayHeader> headerAt(long height) {
    return height < 1 ? Optional.empty() : parts.store().header(height);
  }

  public Optional<CommitCertificate> certificateAt(long height) {
    return height < 1 ? Optional.empty() : parts.store().certificate(height);
  }

  public Optional<TransactionRecord> transaction(Hash32 txId) {
    return parts.store().transaction(txId);
  }

  /** Where the block with this id stands. */
  public Optional<Long> heightOf(Hash32 blockId) {
    return parts.store().heightOf(blockId);
  }

  /** The newest state. Two calls on it may see two heights. */
  public LedgerView view() {
    return ledger().view();
  }

  private Ledger ledger() {
    if (parts.machine() instanceof LedgerMachine machine) {
      return machine.ledger();
    }
    throw new IllegalStateException("this node does not run the ledger");
  }

  /** Value or absence of a state key under the newest header. Empty before the first block. */
  public Future<Optional<ProvenValue>> prove(Bytes key) {
    return outside(parts.thread().call(() -> proveNow(key)));
  }

  private Optional<ProvenValue> proveNow(Bytes key) {
    long height = parts.chain().head().height();
    Ledger.ProvenValue proven = ledger().prove(key);
    return blockAt(height)
        .flatMap(
            block ->
                certificateAt(height)
                    .map(
                        certificate ->
                            new ProvenValue(
                                block.header(), certificate, key, proven.value(), proven.proof())));
  }

  /** The proof with which a packet is delivered; empty if no block here emitted it. */
  public Optional<OutboxProof> outboxProof(Hash32 packetId) {
    return parts.store().packet(packetId).map(this::proveOutbox);
  }

  /**
   * Proof that the block at {@code height} is part of the chain, under the block at {@code under}:
   * with the certificate of that one alone, whatever set certified the older one. Empty unless
   * {@code 1 <= height < under <= head}.
   */
  public Optional<HistoryProof> historyProof(long height, long under) {
    if (height < parts.store().lowest() || height >= under) {
      return Optional.empty();
    }
    return blockAt(under)
        .flatMap(
            newer ->
                certificateAt(under)
                    .flatMap(
                        certificate ->
                            blockAt(height)
                                .map(
                                    older ->
                                        new HistoryProof(
                                            newer.header(),
                                            certificate,
                                            older.header(),
                                            parts
                                                .store()
                                                .historyLog()
                                                .prove(height - 1, under - 1)))));
  }

  private OutboxProof proveOutbox(RocksStore.PacketPlace place) {
    List<Packet> outbox = parts.store().outbox(place.height());
    MerkleTree tree = MerkleTree.of(outbox.stream().map(packet -> packet.id().bytes()).toList());
    Block block = parts.store().block(place.height()).orElseThrow(RelayNode::incomplete);
    if (!tree.root().equals(block.header().outboxRoot())) {
      throw new TrestleException(
          NodeReason.STORAGE_CORRUPT, "stored packets are not those of block " + place.height());
    }
    return new OutboxProof(
        block.header(),
        parts.store().certificate(place.height()).orElseThrow(RelayNode::incomplete),
        outbox.get(Math.toIntExact(place.index())),
        tree.prove(place.index()));
  }

  private static TrestleException incomplete() {
    return new TrestleException(NodeReason.STORAGE_CORRUPT, "an index without its block");
  }

  /** Adds a listener for blocks from now on. */
  public void onBlock(BlockListener listener) {
    events.add(listener);
  }

  public Future<NodeStatus> status() {
    if (events.halted().isPresent()) {
      return Future.succeededFuture(StatusView.of(parts, events.halted()));
    }
    return outside(parts.thread().call(() -> StatusView.of(parts, Optional.empty())));
  }

  /** What callers do with a result must not run on the core thread. */
  private <T> Future<T> outside(Future<T> result) {
    return Future.fromCompletionStage(result.toCompletionStage(), vertx.getOrCreateContext());
  }

  /** Completes with what stopped the node for good, if anything ever does. */
  public CompletionStage<Throwable> fault() {
    return events.stopped();
  }

  /** Stops everything and closes the files. */
  public Future<Void> close() {
    Future<Void> before;
    synchronized (this) {
      closing = true;
      before = switching.otherwiseEmpty();
    }
    Future<Boolean> files =
        before
            .compose(done -> rpc.close())
            .compose(
                done -> metrics.map(MetricsServer::close).orElseGet(Future::<Void>succeededFuture))
            .compose(done -> parts.network().close())
            .compose(
                done ->
                    vertx.executeBlocking(
                        () -> {
                          parts.close();
                          events.close();
                          return true;
                        },
                        false));
    if (!ownsVertx) {
      return files.mapEmpty();
    }
    // not composed: a future of this Vert.x would be completed on an event loop that has ended
    Promise<Void> closed = Promise.promise();
    files.onComplete(
        done ->
            vertx
                .close()
                .onComplete(
                    over -> {
                      if (done.failed()) {
                        closed.fail(done.cause());
                      } else {
                        closed.complete();
                      }
                    }));
    return closed.future();
  }
}
