package dev.trestle.relay.node;

import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.consensus.ConsensusConfig;
import dev.trestle.relay.consensus.ConsensusCore;
import dev.trestle.relay.consensus.MessageVerifier;
import dev.trestle.relay.consensus.RecoveredHeight;
import dev.trestle.relay.consensus.SignatureMemo;
import dev.trestle.relay.consensus.TimerPolicy;
import dev.trestle.relay.ledger.Genesis;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Opens everything that a node consists of, in the order in which it must be checked, and joins it.
 * Blocks while files are read.
 */
record NodeAssembly(
    Genesis genesis,
    RocksStore store,
    StateMachine machine,
    ChainExecutor chain,
    TransactionDesk desk,
    NodePort port,
    NodeLoop loop,
    PeerNetwork network,
    PeerSender sender,
    CoreThread thread,
    ExecutorService workers,
    ExecutorService voteChecks,
    Optional<ValidatorParts> validator,
    Optional<ConsensusDriver> consensus) {
  /** Threads that check transactions. */
  static final int WORKERS = Math.max(2, Runtime.getRuntime().availableProcessors() / 2);

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
    key.ifPresent(secret -> requireRegistered(genesis, secret, identity));
    RocksStore store = RocksStore.open(NodeFiles.store(config.dataDir()), genesis.chainId());
    try {
      return join(environment, genesis, identity, key, store);
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  private static NodeAssembly join(
      Environment environment,
      Genesis genesis,
      TransportIdentity identity,
      Optional<SecretKey> key,
      RocksStore store) {
    NodeConfig config = environment.setup().config();
    StateMachine machine = environment.setup().machine().open(genesis, store.state());
    Optional<ValidatorParts> validator =
        config
            .validator()
            .map(
                role ->
                    ValidatorParts.open(
                        role, key.orElseThrow(), NodeFiles.writeAheadLog(config.dataDir()), store));
    CoreThread thread = new CoreThread("relay-core", environment.events()::fault);
    ExecutorService workers = threads(WORKERS, "relay-worker");
    ExecutorService voteChecks = threads(1, "relay-votes");
    ChainExecutor chain =
        new ChainExecutor(
            genesis, machine, store, () -> validator.map(v -> v.signer().sequence()).orElse(0L));
    TransactionDesk desk = new TransactionDesk(machine, store, environment.setup().clock());
    Map<Hash32, EvmAddress> addresses = new TreeMap<>();
    Map<EvmAddress, Hash32> fingerprints = new TreeMap<>();
    for (Genesis.Validator each : genesis.validators()) {
      addresses.put(each.transportKeyHash(), each.key().evmAddress());
      fingerprints.put(each.key().evmAddress(), each.transportKeyHash());
    }
    PeerNetwork network =
        new PeerNetwork(
            environment.vertx(),
            new PeerNetwork.Settings(
                identity,
                genesis.chainId(),
                config.listenHost(),
                config.listenPort(),
                config.peers(),
                addresses.keySet(),
                environment.setup().protocols()));
    PeerSender sender = new PeerSender(network, store, fingerprints);
    NodePort port =
        new NodePort(
            chain,
            desk,
            validator.map(ValidatorParts::signer),
            sender,
            environment.setup().clock(),
            addresses.keySet(),
            genesis.parameters().maxBlockBytes(),
            environment.events()::decided);
    Optional<ConsensusDriver> consensus =
        validator.map(
            parts ->
                new ConsensusDriver(
                    new ConsensusCore(
                        new ConsensusConfig(genesis.chainId(), timers(config.timing())),
                        parts.signer(),
                        parts.signer().memo()),
                    parts.log(),
                    port,
                    thread,
                    environment.setup().clock()));
    consensus.ifPresent(port::drives);
    NodeLoop loop =
        new NodeLoop(
            new NodeLoop.NodeParts(chain, machine, store, desk, port, consensus, sender),
            thread,
            workers,
            voteChecks,
            environment.setup().clock(),
            genesis,
            new MessageVerifier(
                genesis.chainId(),
                validator.map(parts -> parts.signer().memo()).orElseGet(SignatureMemo::new)),
            addresses);
    return new NodeAssembly(
        genesis,
        store,
        machine,
        chain,
        desk,
        port,
        loop,
        network,
        sender,
        thread,
        workers,
        voteChecks,
        validator,
        consensus);
  }

  /** On the core thread, once the network is up. */
  void startConsensus() {
    consensus.ifPresent(
        driver ->
            driver.start(validator.map(ValidatorParts::recovered).orElse(RecoveredHeight.NONE)));
  }

  /** Ends the threads and closes the files; the network must be closed already. */
  void close() {
    thread.close(
        () -> {
          desk.close();
          validator.ifPresent(ValidatorParts::close);
        });
    workers.shutdown();
    voteChecks.shutdown();
    store.close();
  }

  private static ExecutorService threads(int count, String name) {
    return Executors.newFixedThreadPool(
        count, task -> Thread.ofPlatform().name(name).daemon(true).unstarted(task));
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

  private static void requireRegistered(
      Genesis genesis, SecretKey key, TransportIdentity identity) {
    Genesis.Validator registered =
        genesis.validators().stream()
            .filter(each -> each.key().equals(key.publicKey()))
            .findFirst()
            .orElseThrow(
                () ->
                    new TrestleException(
                        NodeReason.BAD_CONFIG, "the key is not a validator's in the genesis"));
    if (!registered.transportKeyHash().equals(identity.fingerprint())) {
      throw new TrestleException(
          NodeReason.BAD_CONFIG,
          "the transport key is not the one that the genesis binds to this validator: "
              + identity.fingerprint());
    }
  }
}
