package dev.trestle.dist.devnet;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A chain's own node on loopback, started from the executable that the launcher found. */
public final class ChainNode {
  private static final long START_SECONDS = 30;

  /**
   * Litecoin's script rules (BIP-65) bind from block 1351 on regtest; before, a refund's time would
   * be mere relay policy.
   */
  public static final int LITECOIN_FIRST_HEIGHT = 1_360;

  /** Coinbase coins mature after 100 blocks; a few blocks' worth of coins to start with. */
  public static final int BITCOIN_FIRST_HEIGHT = 110;

  /** How to start it, the first time and again. */
  private record Launch(
      ProcessRegistry registry, String name, Path log, List<String> command, String readyMethod) {
    Child start(NodeRpc rpc) {
      Child child = Child.start(registry, name, log, command, Map.of());
      child.awaitReady(() -> rpc.answers(readyMethod), START_SECONDS);
      return child;
    }
  }

  private final Launch launch;
  private final URI endpoint;
  private final NodeRpc rpc;
  private volatile Child process;

  private ChainNode(Launch launch, URI endpoint) {
    this.launch = launch;
    this.endpoint = endpoint;
    this.rpc = new NodeRpc(endpoint);
    this.process = launch.start(rpc);
  }

  /** bitcoind on regtest, without wallet and without peers. */
  public static ChainNode bitcoind(ProcessRegistry registry, Path dir) {
    return bitcoind(registry, dir, List.of("-listen=0"));
  }

  /**
   * bitcoind on regtest that other nodes on loopback may connect to.
   *
   * @param peerPort on which it listens for them
   */
  public static ChainNode bitcoind(ProcessRegistry registry, Path dir, int peerPort) {
    return bitcoind(
        registry, dir, List.of("-listen=1", "-bind=127.0.0.1:" + peerPort, "-connect=0"));
  }

  private static ChainNode bitcoind(ProcessRegistry registry, Path dir, List<String> peers) {
    List<String> options = new ArrayList<>(peers);
    options.addAll(List.of("-natpmp=0", "-listenonion=0", "-disablewallet"));
    return bitcoinLike(registry, dir, "bitcoind", executable("BITCOIND"), options);
  }

  /** litecoind on regtest. */
  public static ChainNode litecoind(ProcessRegistry registry, Path dir) {
    // MWEB would become active at height 432 and stop mining without a peg-in
    return bitcoinLike(
        registry,
        dir,
        "litecoind",
        executable("LITECOIND"),
        List.of("-listen=0", "-upnp=0", "-disablewallet", "-vbparams=mweb:-2:0"));
  }

  /** anvil with a block a second; a block is final under two more. */
  public static ChainNode anvil(
      ProcessRegistry registry, Path dir, Optional<Integer> blockSeconds) {
    int port = Ports.free();
    List<String> command =
        new ArrayList<>(
            List.of(
                executable("ANVIL"),
                "--host",
                "127.0.0.1",
                "--port",
                Integer.toString(port),
                "--chain-id",
                "31337",
                "--slots-in-an-epoch",
                "1",
                "--preserve-historical-states",
                "--silent"));
    blockSeconds.ifPresent(seconds -> command.addAll(List.of("--block-time", "" + seconds)));
    return new ChainNode(
        new Launch(registry, "anvil", logOf(dir, "anvil"), command, "eth_chainId"),
        URI.create("http://127.0.0.1:" + port));
  }

  private static ChainNode bitcoinLike(
      ProcessRegistry registry, Path dir, String name, String executable, List<String> more) {
    int port = Ports.free();
    Path data = dir.resolve(name);
    try {
      Files.createDirectories(data);
    } catch (IOException e) {
      throw new DevnetException("cannot create " + data, e);
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                executable,
                "-regtest",
                "-datadir=" + data,
                "-server=1",
                "-rpcbind=127.0.0.1",
                "-rpcallowip=127.0.0.1",
                "-rpcport=" + port,
                "-rpcuser=trestle",
                "-rpcpassword=trestle",
                "-rpcthreads=8",
                "-fallbackfee=0.0002",
                "-txindex=1",
                "-dnsseed=0",
                "-printtoconsole=0"));
    command.addAll(more);
    return new ChainNode(
        new Launch(registry, name, logOf(dir, name), command, "getblockchaininfo"),
        URI.create("http://trestle:trestle@127.0.0.1:" + port));
  }

  public URI endpoint() {
    return endpoint;
  }

  public NodeRpc rpc() {
    return rpc;
  }

  public Child process() {
    return process;
  }

  /**
   * SIGKILL to a node of the Bitcoin family. Its blocks are on the disk before: without peers it
   * could not fetch again what it lost.
   */
  public void kill() {
    rpc.call("gettxoutsetinfo", "none"); // flushes the chain state as a side effect
    process.kill();
  }

  /** Starts a killed node again, on the same port. */
  public void startAgain() {
    process = launch.start(rpc);
  }

  /**
   * Mines a first stretch in the past, so that the median time past of the young chain does not run
   * ahead of the clock, then a few blocks in the present.
   */
  public void mineFirstBlocks(int count, String address, long nowSeconds) {
    mineFirstBlocks(rpc, count, address, nowSeconds);
  }

  /** The same on a node that somebody else has started. */
  static void mineFirstBlocks(NodeRpc rpc, int count, String address, long nowSeconds) {
    rpc.call("setmocktime", nowSeconds - 7_200);
    for (int left = count; left > 0; left -= 200) {
      rpc.call("generatetoaddress", Math.min(left, 200), address);
    }
    rpc.call("setmocktime", 0);
    rpc.call("generatetoaddress", 12, address);
  }

  /** Mines {@code count} blocks now (Bitcoin family). */
  public void mine(int count, String address) {
    rpc.call("generatetoaddress", count, address);
  }

  private static Path logOf(Path dir, String name) {
    Path log = dir.resolve("logs").resolve(name + ".log");
    try {
      Files.createDirectories(log.getParent());
    } catch (IOException e) {
      throw new DevnetException("cannot create " + log.getParent(), e);
    }
    return log;
  }

  /** The executable that an environment variable names; a {@link DevnetException} if none. */
  public static String executable(String variable) {
    String path = System.getenv(variable);
    if (path == null || !Files.isExecutable(Path.of(path))) {
      throw new DevnetException(
          variable
              + " does not name an executable. Start through ./trestle, which finds or fetches the"
              + " nodes, or set it yourself.");
    }
    return path;
  }
}
