package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.TimeSource;
import dev.trestle.base.Verdict;
import dev.trestle.relay.ledger.Genesis;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Joins {@link StateSync} and {@link SnapshotService} to the parts of a node. */
final class SnapshotDesk implements StateSync.Port {
  private final Genesis genesis;
  private final Path dataDir;
  private final NodePort port;
  private final Optional<GuardedSigner> signer;
  private final PeerSender out;
  private final Core thread;
  private final Executor workers;
  private final TimeSource clock;
  private final Runnable storeReady;
  private final StateSync sync;

  /** What a desk is made from. */
  record Parts(
      Genesis genesis,
      NodeConfig config,
      NodePort port,
      Optional<GuardedSigner> signer,
      PeerSender out,
      Core thread,
      Executor workers,
      TimeSource clock) {}

  /**
   * @param storeReady a new store is there: the node is to be opened again
   */
  SnapshotDesk(Parts parts, Runnable storeReady) {
    this.genesis = parts.genesis();
    this.dataDir = parts.config().dataDir();
    this.port = parts.port();
    this.signer = parts.signer();
    this.out = parts.out();
    this.thread = parts.thread();
    this.workers = parts.workers();
    this.clock = parts.clock();
    this.storeReady = storeReady;
    this.sync = new StateSync(this, parts.config().operations().keep().stateSyncBlocks());
  }

  void tick() {
    sync.tick(clock.nowMillis());
  }

  void offer(Hash32 peer, SnapshotMessages.Offer offer) {
    sync.offer(peer, offer, clock.nowMillis());
  }

  void chunk(Hash32 peer, SnapshotMessages.Chunk chunk) {
    sync.chunk(peer, chunk, clock.nowMillis());
  }

  void close() {
    sync.close();
  }

  @Override
  public long nowMs() {
    return clock.nowMillis();
  }

  @Override
  public long head() {
    return port.head().height();
  }

  @Override
  public List<Map.Entry<Hash32, Long>> sources() {
    return port.sources();
  }

  @Override
  public boolean isUnserved() {
    return port.sync().isUnserved();
  }

  @Override
  public void ask(Hash32 peer, SnapshotMessages.Ask ask) {
    CompletionStage<Void> _ = out.aboutSnapshots(peer, FrameType.GET_SNAPSHOT, ask.encode());
  }

  @Override
  public void ask(Hash32 peer, SnapshotMessages.AskChunk ask) {
    CompletionStage<Void> _ = out.aboutSnapshots(peer, FrameType.GET_CHUNK, ask.encode());
  }

  @Override
  public Verdict<SnapshotRestore> begin(SnapshotManifest manifest) {
    SnapshotRestore.Guard guard =
        signer
            .map(own -> new SnapshotRestore.Guard(own.state().height(), own.sequence()))
            .orElse(SnapshotRestore.Guard.NONE);
    return SnapshotRestore.begin(dataDir, genesis, manifest, guard);
  }

  @Override
  public <T> void work(Supplier<T> task, Consumer<T> then) {
    workers.execute(
        () -> {
          try {
            T result = task.get();
            thread.run(() -> then.accept(result));
          } catch (RuntimeException | Error e) {
            thread.run(
                () -> {
                  throw e; // a broken disk stops the node as everywhere
                });
          }
        });
  }

  @Override
  public void disconnect(Hash32 peer, String reason) {
    out.punish(peer, PeerScores.Offence.FALSE_CONTENT, reason);
  }

  @Override
  public void ready(SnapshotRestore restored) {
    port.skipTo(restored);
    storeReady.run();
  }

  /** Of a peer's question, off the core thread. */
  static Bytes answer(SnapshotService service, SnapshotMessages.AskChunk ask) {
    Bytes chunk = service.chunk(ask.id(), ask.index());
    return new SnapshotMessages.Chunk(ask.id(), ask.index(), chunk).encode();
  }
}
