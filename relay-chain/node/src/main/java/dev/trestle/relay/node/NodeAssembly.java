package dev.trestle.relay.node;

import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.ledger.Genesis;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens everything that a node consists of, in the order in which it must be checked, and joins it.
 * Blocks while files are read.
 */
record NodeAssembly(
    Genesis genesis,
    RocksStore store,
    StateMachine machine,
    NodeCore core,
    SnapshotService snapshots,
    PeerNetwork network,
    CoreThread thread,
    ExecutorService workers,
    ExecutorService provers,
    ExecutorService voteChecks,
    Optional<ValidatorParts> validator,
    DiskWatch disk) {
  private static final Logger LOG = LoggerFactory.getLogger(NodeAssembly.class);

  /** Threads that check transactions. */
  static final int WORKERS = Math.max(2, Runtime.getRuntime().availableProcessors() / 2);

  /**
   * Threads that make expensive checks of transactions ahead of the core thread. None that decodes
   * is among them: such a check can take half a second, and a block must not wait for it.
   */
  static final int PROVERS = Math.clamp(Runtime.getRuntime().availableProcessors() - 1, 1, 16);

  /** What the parts are made from. */
  private record Environment(Vertx vertx, NodeSetup setup, NodeEvents events) {}

  static NodeAssembly open(Vertx vertx, NodeSetup setup, NodeEvents events) {
    Environment environment = new Environment(vertx, setup, events);
    NodeConfig config = setup.config();
    Genesis genesis = NodeFiles.readGenesis(config.genesisFile());
    TransportIdentity identity =
        TransportIdentity.loadOrCreate(
            NodeFiles.transportKey(config.dataDir()), new SecureRandom());
    Optional<SecretKey> key =
        config.validator().map(role -> NodeFiles.readValidatorKey(role.keyFile()));
    RocksStore store = openStore(config.dataDir(), genesis.chainId());
    try {
      return join(environment, genesis, identity, key, store);
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  /** The store, or the new one that waits for its place. */
  static RocksStore openStore(Path dataDir, Hash32 chainId) {
    StoreSwitch stores = new StoreSwitch(dataDir);
    if (stores.isPending()) {
      // a proof of a fork would go with the store that has it, and the node go on
      try (RocksStore old = RocksStore.open(NodeFiles.store(dataDir), chainId)) {
        if (old.fork().isPresent()) {
          stores.keepOld();
        }
      }
    }
    stores.settle();
    return RocksStore.open(NodeFiles.store(dataDir), chainId);
  }

  private static NodeAssembly join(
      Environment environment,
      Genesis genesis,
      TransportIdentity identity,
      Optional<SecretKey> key,
      RocksStore store) {
    NodeConfig config = environment.setup().config();
    StateMachine machine = environment.setup().machine().open(genesis, store.state());
    ValidatorPeers validators = new ValidatorPeers(machine.validators());
    key.ifPresent(secret -> requireOwnTransport(validators, secret.publicKey(), identity));
    Optional<ValidatorParts> validator =
        config
            .validator()
            .map(
                role ->
                    ValidatorParts.open(
                        role, key.orElseThrow(), NodeFiles.writeAheadLog(config.dataDir()), store));
    CoreThread thread = new CoreThread("relay-core", environment.events()::fault);
    ExecutorService workers = threads(WORKERS, "relay-worker");
    ExecutorService provers = threads(PROVERS, "relay-proofs");
    machine.helpedBy(provers, PROVERS);
    ExecutorService voteChecks = threads(1, "relay-votes");
    ChainExecutor chain =
        new ChainExecutor(
            genesis, machine, store, () -> validator.map(v -> v.signer().sequence()).orElse(0L));
    PeerNetwork network =
        new PeerNetwork(
            environment.vertx(),
            new PeerNetwork.Settings(
                identity,
                genesis.chainId(),
                config.listenHost(),
                config.listenPort(),
                config.peers(),
                validators,
                environment.setup().protocols()));
    SnapshotService snapshots =
        new SnapshotService(
            store,
            genesis.chainId(),
            new SnapshotFolder(config.dataDir()),
            machine instanceof LedgerMachine ? config.operations().keep().snapshotBlocks() : 0);
    NodeCore core =
        NodeCore.join(
            new NodeCore.Ground(
                config,
                genesis,
                store,
                machine,
                chain,
                validators,
                validator,
                snapshots,
                network,
                new NodeCore.Runners(thread, workers, WORKERS, voteChecks),
                environment.setup().clock(),
                environment.events()::storeReady,
                environment.events()::decided));
    return new NodeAssembly(
        genesis,
        store,
        machine,
        core,
        snapshots,
        network,
        thread,
        workers,
        provers,
        voteChecks,
        validator,
        new DiskWatch(environment.setup().diskSpace(), config.operations().minFreeDiskMb()));
  }

  ChainExecutor chain() {
    return core.chain();
  }

  TransactionDesk desk() {
    return core.desk();
  }

  NodePort port() {
    return core.port();
  }

  NodeLoop loop() {
    return core.loop();
  }

  SnapshotDesk stateSync() {
    return core.stateSync();
  }

  Optional<ConsensusDriver> consensus() {
    return core.consensus();
  }

  /**
   * With too little room nothing is signed and stored; everything that is stored is still served.
   * The height goes on where it stood: nothing that it remembers is given up.
   */
  void lookAtDisk() {
    core.pause(disk.look());
  }

  /** Ends the threads and closes the files; the network must be closed already. */
  void close() {
    thread.close(
        () -> {
          core.desk().close();
          core.stateSync().close();
          validator.ifPresent(ValidatorParts::close);
        });
    workers.shutdown();
    provers.shutdown();
    voteChecks.shutdown();
    snapshots.close();
    store.close();
  }

  private static ExecutorService threads(int count, String name) {
    return Executors.newFixedThreadPool(
        count, task -> Thread.ofPlatform().name(name).daemon(true).unstarted(task));
  }

  /**
   * A key that no set names yet is fine: the node follows until governance plans it. One that is
   * named with other transport keys only would be heard by nobody.
   */
  private static void requireOwnTransport(
      ValidatorPeers validators, PublicKey key, TransportIdentity identity) {
    Optional<Boolean> registered = validators.isRegistered(key, identity.fingerprint());
    if (registered.isEmpty()) {
      LOG.warn("{} is no validator yet: this node follows until it is one", key.evmAddress());
    } else if (!registered.get()) {
      throw new TrestleException(
          NodeReason.BAD_CONFIG,
          "the transport key is not the one that is registered for this validator (if governance has"
              + " changed it, follow the chain up to there first): "
              + identity.fingerprint());
    }
  }
}
