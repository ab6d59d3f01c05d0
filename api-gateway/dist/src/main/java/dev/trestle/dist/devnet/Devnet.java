package dev.trestle.dist.devnet;

import dev.trestle.adapter.AdapterContext;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.ChainId;
import dev.trestle.base.TimeSource;
import dev.trestle.crypto.SecretKey;
import dev.trestle.dist.role.ConfigFiles;
import dev.trestle.lightclient.bitcoin.BitcoinNetworks;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.sdk.Chains;
import dev.trestle.sdk.HubClient;
import dev.trestle.sdk.HubException;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A whole hub on this machine: real nodes, four validators, five members, one gateway. */
public final class Devnet implements AutoCloseable {
  public static final ChainId BITCOIN = BitcoinNetworks.BITCOIN_REGTEST.chain();
  public static final ChainId LITECOIN = BitcoinNetworks.LITECOIN_REGTEST.chain();
  public static final ChainId EVM = new ChainId("eip155", "31337");
  public static final AssetId BTC =
      AssetId.nativeCoin(BITCOIN, BitcoinNetworks.BITCOIN_REGTEST.slip44());
  public static final AssetId LTC =
      AssetId.nativeCoin(LITECOIN, BitcoinNetworks.LITECOIN_REGTEST.slip44());
  public static final AssetId ETH = AssetId.nativeCoin(EVM, 60);

  /** Confirmations of the regtest chains; the bridge's policy asks for as many. */
  public static final long CONFIRMATIONS = 2;

  /** Satoshi; least and most of one transfer. */
  public static final Amount LEAST_TRANSFER = Amount.of(20_000);

  public static final Amount MOST_TRANSFER = Amount.of(1_000_000_000);

  /** Satoshi per virtual byte of custody transactions. */
  public static final long FEE_RATE = 2;

  /** Satoshi per virtual byte that members sign for at the most. */
  static final long MAX_FEE_RATE = 100;

  private static final long BLOCK_MILLIS = 1_000;

  /** The common pool has one thread on two cores, and waiting in it would hold up the others. */
  private static final Executor BESIDE = task -> Thread.ofPlatform().daemon().start(task);

  private final ProcessRegistry registry;
  private final HubProcesses hubProcesses;
  private final DevnetFiles files;
  private final Consumer<String> progress;
  private final Vertx vertx = Vertx.vertx();
  private final Chains chains = new Chains(vertx, TimeSource.system());
  private final List<Miner> miners = new ArrayList<>();
  private final List<ChainNode> nodes = new CopyOnWriteArrayList<>();
  private final Phases phases = new Phases();
  private ChainNode bitcoind;
  private ChainNode anvil;
  private Optional<CompletableFuture<ChainNode>> litecoind = Optional.empty();
  private Contracts contracts;
  private Genesis genesis;
  private DevnetConfigs configs;
  private URI gatewayUrl = URI.create("http://127.0.0.1:0");

  @SuppressWarnings("NullAway.Init") // start() sets every part before anybody has the object
  private Devnet(Path dir, Loopback topology, Consumer<String> progress) {
    this.files = new DevnetFiles(dir);
    this.registry = new ProcessRegistry(dir.resolve("processes"));
    this.progress = progress;
    this.hubProcesses = new HubProcesses(registry, files, topology, progress);
  }

  /**
   * Starts a fresh network in {@code dir}; what an earlier one left there is ended and removed.
   *
   * @param gatewayPort 0 for any free one
   * @param withLitecoin whether a Litecoin node is prepared beside; the hub does not know it yet
   * @param progress told of each step, for people
   */
  public static Devnet start(
      Path dir, int gatewayPort, boolean withLitecoin, Consumer<String> progress) {
    new ProcessRegistry(dir.resolve("processes")).endAll();
    remove(dir);
    Loopback topology = new Loopback(gatewayPort);
    Devnet devnet = new Devnet(dir, topology, progress);
    try {
      devnet.startNodes(withLitecoin, topology);
      devnet.deployContracts();
      devnet.startHub();
      devnet.register();
      return devnet;
    } catch (RuntimeException e) {
      devnet.close();
      throw e;
    }
  }

  /** The validators need only the genesis: they start beside the chains' nodes. */
  private void startNodes(boolean withLitecoin, Loopback topology) {
    Path dir = files.dir();
    if (withLitecoin) {
      litecoind = Optional.of(CompletableFuture.supplyAsync(this::startLitecoin, BESIDE));
    }
    CompletableFuture<ChainNode> bitcoin =
        CompletableFuture.supplyAsync(
            () -> {
              ChainNode node = ChainNode.bitcoind(registry, dir);
              nodes.add(node);
              node.mineFirstBlocks(
                  ChainNode.BITCOIN_FIRST_HEIGHT,
                  faucetAddress(BITCOIN),
                  TimeSource.system().nowSeconds());
              return node;
            },
            BESIDE);
    CompletableFuture<ChainNode> evm =
        CompletableFuture.supplyAsync(
            () -> {
              ChainNode node = ChainNode.anvil(registry, dir, Optional.of(1));
              nodes.add(node);
              return node;
            },
            BESIDE);
    genesis = files.createGenesis(TimeSource.system().nowMillis());
    gatewayUrl = URI.create("http://127.0.0.1:" + topology.gatewayPort());
    configs = new DevnetConfigs(files, topology);
    configs.writeValidators();
    hubProcesses.startValidators();
    bitcoind = bitcoin.join();
    anvil = evm.join();
    miners.add(Miner.start(bitcoind.rpc(), faucetAddress(BITCOIN), BLOCK_MILLIS));
    phases.end("nodes");
    progress.accept("bitcoind and anvil are up");
  }

  private ChainNode startLitecoin() {
    ChainNode node = ChainNode.litecoind(registry, files.dir());
    nodes.add(node);
    node.mineFirstBlocks(
        ChainNode.LITECOIN_FIRST_HEIGHT, faucetAddress(LITECOIN), TimeSource.system().nowSeconds());
    return node;
  }

  private void deployContracts() {
    SecretKey operator = files.key("operator-evm");
    fund(operator);
    fund(files.key("gateway-evm"));
    contracts =
        Contracts.deploy(
            new AdapterContext(vertx, TimeSource.system()),
            EVM,
            anvil.endpoint(),
            genesis,
            BTC,
            CONFIRMATIONS,
            Contracts.leastBurn(genesis, BTC, LEAST_TRANSFER, FEE_RATE),
            operator);
    phases.end("contracts");
    progress.accept("contracts are deployed");
  }

  private void startHub() {
    List<Chains.Entry> entries = List.of(bitcoinEntry(), evmEntry());
    configs.writeOthers(entries);
    hubProcesses.startOthers();
    chains.addAll(entries);
    hubProcesses.awaitGateway(this::gatewayIsReady);
    hubProcesses.requireAllAlive();
    phases.end("hub");
    progress.accept("four validators, five members and the gateway are up");
    DevnetNetwork.of(
            gatewayUrl, bitcoind.endpoint(), anvil.endpoint(), files.genesisFile(), contracts)
        .write(files.dir());
  }

  private boolean gatewayIsReady() {
    try {
      hub().relayStatus();
      return true;
    } catch (HubException e) {
      return false;
    }
  }

  private void register() {
    operator().register();
    hubProcesses.requireAllAlive();
    phases.end("registration");
    progress.accept("Bitcoin, the EVM chain and the BTC route are active");
  }

  private DevnetOperator operator() {
    return new DevnetOperator(files, hub(), chains, contracts.bridge());
  }

  /** Waits until a chain's probation is over. */
  public void awaitActive(ChainId chain) {
    operator().awaitActive(chain);
  }

  /** How long the steps of the start took. */
  public Phases phases() {
    return phases;
  }

  public Registrations registrations() {
    return new Registrations(genesis, files.governanceKeys(), hub().governance().epoch());
  }

  /** The Litecoin node that was prepared beside the hub. */
  public ChainNode litecoin() {
    ChainNode node =
        litecoind
            .orElseThrow(() -> new DevnetException("the network was started without Litecoin"))
            .join();
    if (miners.size() < 2) {
      miners.add(Miner.start(node.rpc(), faucetAddress(LITECOIN), BLOCK_MILLIS));
    }
    return node;
  }

  /** Adds a chain to the running gateway's file; it takes it up by itself. */
  public ChainAdapter addChain(Chains.Entry entry) {
    Path file = files.gateway().resolve("chains.json");
    List<Chains.Entry> entries = new ArrayList<>(Chains.read(file));
    entries.add(entry);
    ConfigFiles.write(file, entries);
    return chains.add(entry);
  }

  public Chains.Entry bitcoinEntry() {
    return DevnetEntries.bitcoin(bitcoind.endpoint());
  }

  public Chains.Entry litecoinEntry() {
    return DevnetEntries.litecoin(litecoin().endpoint());
  }

  public Chains.Entry evmEntry() {
    return DevnetEntries.evm(anvil.endpoint(), contracts.htlc());
  }

  /** Gives an EVM key ten thousand coins. */
  public void fund(SecretKey key) {
    DevnetEntries.fund(anvil.rpc(), key);
  }

  /** Owner of the coins that regtest mining brings. */
  public SecretKey faucet(ChainId chain) {
    return files.faucet(chain);
  }

  private String faucetAddress(ChainId chain) {
    return files.faucetAddress(chain);
  }

  public HubClient hub() {
    return new HubClient(gatewayUrl);
  }

  public Genesis genesis() {
    return genesis;
  }

  public Contracts contracts() {
    return contracts;
  }

  public DevnetFiles files() {
    return files;
  }

  /** The adapters of whoever runs the network; parties have their own. */
  public Chains chains() {
    return chains;
  }

  public ChainNode bitcoind() {
    return bitcoind;
  }

  /** Makes the blocks of {@link #bitcoind}. */
  public Miner miner() {
    return miners.getFirst();
  }

  public ChainNode anvil() {
    return anvil;
  }

  public URI gatewayUrl() {
    return gatewayUrl;
  }

  /** SIGKILL to one validator. */
  public void killValidator(int index) {
    hubProcesses.killValidator(index);
  }

  /** Starts a killed validator again. */
  public void restartValidator(int index) {
    hubProcesses.restartValidator(index);
  }

  /** JSON-RPC of one validator. */
  public NodeRpc validatorRpc(int index) {
    return hubProcesses.validatorRpc(index);
  }

  /** SIGKILL to every process of the hub at once. */
  public void killHub() {
    hubProcesses.killAll();
  }

  /** Starts all processes of a killed hub again and waits for the gateway. */
  public void restartHub() {
    hubProcesses.restartAll();
    hubProcesses.awaitGateway(this::gatewayIsReady);
  }

  /** Lets all processes run on when this one ends. */
  public void detach() {
    List<String> arguments =
        List.of(
            "devnet",
            "mine",
            "--rpc",
            bitcoind.endpoint().toString(),
            "--address",
            faucetAddress(BITCOIN));
    JavaChild.start(registry, files.dir(), "miner", arguments);
    miners.forEach(Miner::close);
    chains.close();
    vertx.close();
  }

  @Override
  public void close() {
    hubProcesses.mayEnd();
    miners.forEach(Miner::close);
    chains.close();
    litecoind.ifPresent(node -> node.exceptionally(failure -> null).join());
    // asked to stop, they would wait for the idle connections of the hub's adapters; nothing of
    // these chains is kept
    nodes.forEach(node -> node.process().kill());
    registry.endAll();
    vertx.close();
    phases.end("shutdown");
  }

  /** Deletes a network's folder, whose processes must have ended. */
  public static void remove(Path dir) {
    if (!Files.exists(dir)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(dir)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new DevnetException("cannot remove " + dir, e);
    }
  }
}
