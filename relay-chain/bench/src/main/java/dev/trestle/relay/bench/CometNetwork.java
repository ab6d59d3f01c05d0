package dev.trestle.relay.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/**
 * Four CometBFT validators on the loopback address with the key-value application in the node, each
 * a process. Logs and stores are on the disk, as theirs are by default.
 */
final class CometNetwork implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);
  private static final long LOOK_MILLIS = 50;
  private static final long STOP_SECONDS = 10;

  /** How long the nodes wait where they need not. */
  enum Pace {
    /** What {@code cometbft testnet} writes: a second after each block, among others. */
    DEFAULT,

    /** No wait after a block, gossip without long pauses, no index of transactions. */
    FAST;

    private Map<String, String> settings() {
      return switch (this) {
        case DEFAULT -> Map.of();
        case FAST ->
            Map.of(
                "CMT_CONSENSUS_TIMEOUT_COMMIT", "0s",
                "CMT_CONSENSUS_PEER_GOSSIP_SLEEP_DURATION", "5ms",
                "CMT_P2P_FLUSH_THROTTLE_TIMEOUT", "1ms",
                "CMT_TX_INDEX_INDEXER", "null");
      };
    }

    /** In the form of a name's end. */
    String suffix() {
      return this == DEFAULT ? "-default" : "";
    }
  }

  private final Path executable;
  private final Path folder;
  private final List<Integer> rpcPorts;
  private final List<Process> nodes = new ArrayList<>();

  private CometNetwork(Path executable, Path folder, List<Integer> rpcPorts) {
    this.executable = executable;
    this.folder = folder;
    this.rpcPorts = List.copyOf(rpcPorts);
  }

  /**
   * Makes a network in an empty folder and waits until it makes blocks.
   *
   * @param executable cometbft
   */
  static CometNetwork start(Path executable, Path folder, Pace pace) {
    List<Integer> ports = FreePorts.of(2 * BenchNetwork.VALIDATORS);
    CometNetwork network =
        new CometNetwork(executable, folder, ports.subList(0, BenchNetwork.VALIDATORS));
    List<Integer> peerPorts = ports.subList(BenchNetwork.VALIDATORS, ports.size());
    try {
      Files.createDirectories(folder);
      network.ask(
          "testnet",
          "--v=" + BenchNetwork.VALIDATORS,
          "--o=" + folder,
          "--starting-ip-address=127.0.0.1");
      List<String> peers = new ArrayList<>();
      for (int i = 0; i < BenchNetwork.VALIDATORS; i++) {
        String id = network.ask("show-node-id", "--home=" + network.home(i));
        peers.add(id + "@127.0.0.1:" + peerPorts.get(i));
      }
      for (int i = 0; i < BenchNetwork.VALIDATORS; i++) {
        Map<String, String> settings = new TreeMap<>(pace.settings());
        settings.put("CMT_PROXY_APP", "kvstore");
        settings.put("CMT_LOG_LEVEL", "error");
        // how long a client waits for its block at most: slow is a figure, not a fault
        settings.put("CMT_RPC_TIMEOUT_BROADCAST_TX_COMMIT", "60s");
        settings.put("CMT_P2P_PEX", "false");
        settings.put("CMT_P2P_PERSISTENT_PEERS", String.join(",", peers));
        settings.put("CMT_P2P_LADDR", "tcp://127.0.0.1:" + peerPorts.get(i));
        settings.put("CMT_RPC_LADDR", "tcp://127.0.0.1:" + network.rpcPorts.get(i));
        network.nodes.add(network.launch(i, settings));
      }
      network.awaitBlocks();
      return network;
    } catch (IOException e) {
      network.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  private Process launch(int node, Map<String, String> settings) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(executable.toString(), "node", "--home=" + home(node))
            .redirectErrorStream(true)
            .redirectOutput(log(node).toFile());
    builder.environment().putAll(settings);
    return builder.start();
  }

  private Path home(int node) {
    return folder.resolve("node" + node);
  }

  private Path log(int node) {
    return folder.resolve(String.format(Locale.ROOT, "node%d.log", node));
  }

  private String ask(String... arguments) {
    List<String> command = new ArrayList<>(List.of(executable.toString()));
    command.addAll(List.of(arguments));
    String output = Commands.output(folder, command);
    if (output.isEmpty()) {
      throw new BenchException(String.join(" ", command) + " gave nothing");
    }
    return output;
  }

  private void awaitBlocks() {
    long deadline = System.nanoTime() + START.toNanos();
    for (int i = 0; i < nodes.size(); i++) {
      while (heightOf(i) < 2) {
        if (System.nanoTime() > deadline || ended(nodes.get(i))) {
          throw new BenchException("cometbft does not start; its log is " + log(i));
        }
      }
    }
  }

  /** Waits a little for the end of a process. */
  private static boolean ended(Process node) {
    try {
      return node.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted", e);
    }
  }

  private long heightOf(int node) {
    try {
      return height(new Rpc(rpcPorts.get(node)).call("status", "[]"));
    } catch (BenchException e) {
      return 0; // it does not listen yet
    }
  }

  /** Height of the last block in the answer to {@code status}. */
  static long height(JsonNode status) {
    return status.at("/sync_info/latest_block_height").asLong();
  }

  List<Integer> rpcPorts() {
    return rpcPorts;
  }

  /** The program's own version. */
  static String version(Path executable) {
    return Commands.output(Path.of("."), List.of(executable.toString(), "version"));
  }

  /** CPU time of all nodes so far. */
  Duration cpu() {
    return nodes.stream()
        .map(node -> node.toHandle().info().totalCpuDuration().orElse(Duration.ZERO))
        .reduce(Duration.ZERO, Duration::plus);
  }

  @Override
  public void close() {
    nodes.forEach(Process::destroy);
    for (Process node : nodes) {
      try {
        if (!node.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
          node.destroyForcibly().waitFor();
        }
      } catch (InterruptedException e) {
        node.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
    nodes.clear();
  }
}
