package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.TimeSource;
import dev.trestle.base.TrestleException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.proofs.MerkleProof;
import dev.trestle.proofs.MerkleTree;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.ChainHead;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.Diagnostics;
import dev.trestle.relay.consensus.RelayHeader;
import dev.trestle.relay.ledger.Families;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.Ledger;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.state.StateProof;
import dev.trestle.relay.ledger.tx.Transaction;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node of the relay chain: a validator, or a follower that only takes over what a quorum
 * certified. All methods may be called from any thread.
 */
public final class RelayNode {
  private static final Logger LOG = LoggerFactory.getLogger(RelayNode.class);
  private static final long STATUS_MS = 1_000;
  private static final long SYNC_TICK_MS = 100;

  private final Vertx vertx;
  private final boolean ownsVertx;
  private final NodeAssembly parts;
  private final Events events;
  private final RpcServer rpc;
  private final int peerPort;
  private final int rpcPort;

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

  /** What happens beside the calls: blocks for listeners, and the fault that stops the node. */
  private static final class Events {
    private final ExecutorService notifier =
        Executors.newSingleThreadExecutor(
            task -> Thread.ofPlatform().name("relay-events").daemon(true).unstarted(task));
    private final List<BlockListener> listeners = new CopyOnWriteArrayList<>();
    private volatile Optional<String> halted = Optional.empty();

    private void decided(DecidedBlock block) {
      if (!notifier.isShutdown()) {
        notifier.execute(() -> listeners.forEach(listener -> tell(listener, block)));
      }
    }

    private static void tell(BlockListener listener, DecidedBlock block) {
      try {
        listener.onBlock(block);
      } catch (RuntimeException e) {
        LOG.error("a block listener failed at height {}", block.height(), e);
      }
    }

    private void fault(Throwable cause) {
      LOG.error("the node has stopped", cause);
      halted = Optional.of(String.valueOf(cause.getMessage()));
    }
  }

  private RelayNode(
      Vertx vertx,
      boolean ownsVertx,
      NodeAssembly parts,
      Events events,
      RpcServer rpc,
      int peerPort) {
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
    Vertx vertx = Vertx.vertx();
    return start(vertx, true, config, Families.load(), TimeSource.system(), List.of())
        .onFailure(cause -> vertx.close());
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
    return start(vertx, false, config, families, clock, listeners);
  }

  private static Future<RelayNode> start(
      Vertx vertx,
      boolean ownsVertx,
      NodeConfig config,
      Families families,
      TimeSource clock,
      List<BlockListener> listeners) {
    Events events = new Events();
    events.listeners.addAll(listeners);
    return vertx
        .executeBlocking(
            () ->
                NodeAssembly.open(
                    new NodeAssembly.Environment(
                        vertx, config, families, clock, events::decided, events::fault)),
            false)
        .compose(
            parts ->
                connect(vertx, ownsVertx, config, clock, events, Objects.requireNonNull(parts)));
  }

  private static Future<RelayNode> connect(
      Vertx vertx,
      boolean ownsVertx,
      NodeConfig config,
      TimeSource clock,
      Events events,
      NodeAssembly parts) {
    RpcServer rpc = new RpcServer(vertx);
    Future<RelayNode> started =
        parts
            .network()
            .start(parts.loop())
            .compose(
                peerPort ->
                    rpc.listen(config.rpcPort())
                        .map(ok -> new RelayNode(vertx, ownsVertx, parts, events, rpc, peerPort)));
    return started
        .onSuccess(
            node -> {
              rpc.serve(new RpcMethods(node));
              node.run(clock);
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

  private void run(TimeSource clock) {
    CoreThread thread = parts.thread();
    thread.run(parts::startConsensus);
    thread.every(STATUS_MS, () -> parts.sender().broadcastStatus(parts.port().status()));
    thread.every(SYNC_TICK_MS, () -> parts.port().sync().tick(clock.nowMillis()));
    thread.every(
        TransactionDesk.REPEAT_MS,
        () -> parts.desk().unconfirmed().forEach(parts.sender()::broadcastTransaction));
    LOG.info(
        "relay node {} of chain {} at height {}, peers on port {}, RPC on port {}",
        parts.validator().map(v -> v.signer().address().toString()).orElse("(follower)"),
        parts.genesis().chainId(),
        parts.store().head(),
        peerPort,
        rpcPort);
  }

  /** Where peers connect; the real one if the configuration says 0. */
  public int peerPort() {
    return peerPort;
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
        parts.loop().transaction(encoded, Optional.empty()), vertx.getOrCreateContext());
  }

  /**
   * Completes when a block with the transaction is stored here; fails with {@link
   * NodeReason#TIMED_OUT} after {@code patience}. The record says whether it had an effect.
   */
  public Future<TransactionRecord> awaitInclusion(Hash32 txId, Duration patience) {
    return outside(
        parts
            .thread()
            .call(() -> parts.desk().await(txId, patience.toMillis()))
            .compose(waiting -> waiting));
  }

  /** Height of the newest block, 0 before the first. */
  public long head() {
    return parts.store().head();
  }

  public Optional<Block> blockAt(long height) {
    return height < 1 ? Optional.empty() : parts.store().block(height);
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
    return parts.chain().view();
  }

  /** Value or absence of a state key under the newest header. Empty before the first block. */
  public Future<Optional<ProvenValue>> prove(Bytes key) {
    return outside(parts.thread().call(() -> proveNow(key)));
  }

  private Optional<ProvenValue> proveNow(Bytes key) {
    long height = parts.chain().head().height();
    Ledger.ProvenValue proven = parts.chain().ledger().prove(key);
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
    events.listeners.add(listener);
  }

  public Future<NodeStatus> status() {
    if (events.halted.isPresent()) {
      return Future.succeededFuture(view(events.halted));
    }
    return outside(parts.thread().call(() -> view(Optional.empty())));
  }

  /** What callers do with a result must not run on the core thread. */
  private <T> Future<T> outside(Future<T> result) {
    return Future.fromCompletionStage(result.toCompletionStage(), vertx.getOrCreateContext());
  }

  private NodeStatus view(Optional<String> halted) {
    ChainHead head = parts.chain().head();
    Map<Hash32, PeerStatus> said = parts.port().sync().statuses();
    List<NodeStatus.PeerView> peers = new ArrayList<>();
    TreeSet<EvmAddress> missing = new TreeSet<>();
    parts.chain().validators().members().forEach(member -> missing.add(member.address()));
    Optional<EvmAddress> self = parts.validator().map(v -> v.signer().address());
    self.ifPresent(missing::remove);
    for (Peer peer : parts.loop().peers()) {
      Optional<EvmAddress> address = parts.loop().addressOf(peer.fingerprint());
      address.ifPresent(missing::remove);
      PeerStatus status = said.get(peer.fingerprint());
      peers.add(
          new NodeStatus.PeerView(
              peer.fingerprint(), address, peer.remote(), status == null ? 0 : status.head()));
    }
    Optional<Diagnostics> diagnostics = parts.port().diagnostics();
    diagnostics.ifPresent(each -> missing.addAll(each.missingRoundChanges()));
    return new NodeStatus(
        parts.genesis().chainId(),
        head.height(),
        head.id(),
        parts.chain().ledger().head().stateRoot(),
        diagnostics.map(each -> (long) each.round()).orElse(0L),
        peers,
        List.copyOf(missing),
        parts.desk().size(),
        self,
        parts.validator().flatMap(v -> v.signer().silentAt(head.height() + 1)),
        halted,
        parts.port().networkHead());
  }

  /** Stops everything and closes the files. */
  public Future<Void> close() {
    Future<Boolean> files =
        rpc.close()
            .compose(done -> parts.network().close())
            .compose(
                done ->
                    vertx.executeBlocking(
                        () -> {
                          parts.close();
                          events.notifier.shutdown();
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
