package dev.trestle.relay.node;

import dev.trestle.base.TimeSource;
import dev.trestle.base.TrestleException;
import dev.trestle.relay.consensus.ConsensusCode;
import dev.trestle.relay.consensus.ConsensusConfig;
import dev.trestle.relay.consensus.ConsensusCore;
import dev.trestle.relay.consensus.MessageVerifier;
import dev.trestle.relay.consensus.RecoveredHeight;
import dev.trestle.relay.consensus.SignatureMemo;
import dev.trestle.relay.consensus.TimerPolicy;
import dev.trestle.relay.ledger.Genesis;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The parts of a node that decide, and how they are joined: all but sockets, threads and files,
 * which it is given. {@link NodeAssembly} runs one in a process, a simulation runs several in one
 * thread.
 */
record NodeCore(
    ChainExecutor chain,
    TransactionDesk desk,
    NodePort port,
    NodeLoop loop,
    SnapshotDesk stateSync,
    PeerSender sender,
    Optional<ConsensusDriver> consensus,
    Ground ground) {
  private static final long STATUS_MS = 1_000;
  private static final long SYNC_TICK_MS = 100;

  /**
   * Who does a node's work.
   *
   * @param workers check transactions and decode
   * @param workerCount how many they are
   * @param voteChecks one thread of its own for consensus messages, so that no backlog of
   *     transactions holds up a vote
   */
  record Runners(Core core, Executor workers, int workerCount, Executor voteChecks) {}

  /**
   * What the parts stand on.
   *
   * @param chain on the store and the machine
   * @param storeReady a new store is there: the node is to be opened again
   * @param decided told of every block after it is stored; must not block
   */
  record Ground(
      NodeConfig config,
      Genesis genesis,
      RocksStore store,
      StateMachine machine,
      ChainExecutor chain,
      ValidatorPeers validators,
      Optional<ValidatorParts> validator,
      SnapshotService snapshots,
      Peers peers,
      Runners runners,
      TimeSource clock,
      Runnable storeReady,
      Consumer<DecidedBlock> decided) {
    Optional<GuardedSigner> signer() {
      return validator.map(ValidatorParts::signer);
    }
  }

  static NodeCore join(Ground ground) {
    RocksStore store = ground.store();
    TransactionDesk desk = new TransactionDesk(ground.machine(), store, ground.clock());
    PeerSender sender = new PeerSender(ground.peers(), store, ground.validators());
    NodeConfig.Keep keep = ground.config().operations().keep();
    SnapshotService snapshots = ground.snapshots();
    store.keep(head -> keep.from(head, snapshots.newest()));
    NodePort port =
        new NodePort(
            ground.chain(),
            desk,
            new Misbehaviour(
                ground.chain(),
                store,
                ground.signer().map(GuardedSigner::address),
                sender::broadcast),
            ground.signer(),
            sender,
            ground.clock(),
            ground.validators(),
            ground.genesis().parameters().maxBlockBytes(),
            block -> {
              snapshots.stored(block.height());
              ground.decided().accept(block);
            });
    Optional<ConsensusDriver> consensus =
        ground.validator().map(parts -> driver(ground, parts, port));
    consensus.ifPresent(port::drives);
    SnapshotDesk stateSync = stateSync(ground, port, sender);
    NodeLoop loop =
        new NodeLoop(
            new NodeLoop.NodeParts(
                ground.chain(),
                ground.machine(),
                store,
                desk,
                port,
                snapshots,
                stateSync,
                consensus,
                sender),
            ground.runners(),
            ground.clock(),
            ground.genesis(),
            new MessageVerifier(
                ground.genesis().chainId(),
                ground.signer().map(GuardedSigner::memo).orElseGet(SignatureMemo::new)),
            ground.validators());
    ground
        .signer()
        .ifPresent(
            own -> {
              own.waitsFor(port::isCaughtUp);
              port.joins(joining(ground, own, loop));
            });
    return new NodeCore(ground.chain(), desk, port, loop, stateSync, sender, consensus, ground);
  }

  private static ConsensusDriver driver(Ground ground, ValidatorParts parts, NodePort port) {
    return new ConsensusDriver(
        new ConsensusCore(
            new ConsensusConfig(ground.genesis().chainId(), timers(ground.config().timing())),
            parts.signer(),
            parts.signer().memo()),
        parts.log(),
        port,
        ground.runners().core(),
        ground.clock());
  }

  private static SnapshotDesk stateSync(Ground ground, NodePort port, PeerSender sender) {
    return new SnapshotDesk(
        new SnapshotDesk.Parts(
            ground.genesis(),
            ground.config(),
            port,
            ground.signer(),
            sender,
            ground.runners().core(),
            ground.runners().workers(),
            ground.clock()),
        ground.storeReady());
  }

  private static NodePort.Joining joining(Ground ground, GuardedSigner own, NodeLoop loop) {
    return new NodePort.Joining(
        new Readiness(
            ground.genesis().chainId(), own, ground.validators(), ground.machine()::nextNonce),
        loop::own);
  }

  private static TimerPolicy timers(NodeConfig.Timing timing) {
    TimerPolicy usual = TimerPolicy.DEFAULT;
    long first = timing.roundTimeoutMs();
    return new TimerPolicy(
        first,
        Math.min(first, usual.baseMinMs()),
        Math.max(first, usual.baseMaxMs()),
        Math.max(first, usual.roundMaxMs()),
        usual.rebroadcastMs(),
        timing.minBlockIntervalMs(),
        timing.heartbeatMs(),
        usual.precisionMs(),
        usual.messageDelayMs());
  }

  /** Once the network is up: starts consensus, and what happens again and again. */
  void start() {
    Core core = ground.runners().core();
    core.run(this::startConsensus);
    core.every(STATUS_MS, () -> sender.broadcastStatus(port.status()));
    core.every(SYNC_TICK_MS, port::tick);
    core.every(SYNC_TICK_MS, stateSync::tick);
    core.every(
        TransactionDesk.REPEAT_MS, () -> sender.forward(desk.unconfirmed(), Optional.empty()));
    core.every(TransactionDesk.WAITERS_TICK_MS, desk::tickWaiters);
    core.every(TransactionDesk.EXPIRY_TICK_MS, desk::tickExpiry);
  }

  /**
   * @throws TrestleException {@link ConsensusCode#FORKED} if this node has stopped for a fork
   *     before
   */
  private void startConsensus() {
    Misbehaviour.requireNoFork(ground.store());
    consensus.ifPresent(
        driver ->
            driver.start(
                ground.validator().map(ValidatorParts::recovered).orElse(RecoveredHeight.NONE)));
  }

  /** Nothing is signed and stored meanwhile; everything that is stored is still served. */
  void pause(boolean now) {
    port.pause(now);
    consensus.ifPresent(driver -> driver.pause(now));
  }
}
