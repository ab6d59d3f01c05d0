package dev.trestle.dist.follow;

import dev.trestle.base.Bytes;
import dev.trestle.dist.devnet.ChainNode;
import dev.trestle.dist.devnet.Child;
import dev.trestle.dist.devnet.DevnetException;
import dev.trestle.dist.devnet.NodeRpc;
import dev.trestle.dist.devnet.Ports;
import dev.trestle.dist.devnet.ProcessRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Real CometBFT nodes on loopback, all validators, with the key-value application in them. */
final class CometNetwork {
  static final String CHAIN = "trestle-live-1";
  static final int NODES = 4;

  /** Voting power of each validator at genesis. */
  static final long POWER = 10;

  private static final long START_SECONDS = 60;

  private final String executable = ChainNode.executable("COMETBFT");
  private final Path dir;
  private final List<Integer> rpcPorts = new ArrayList<>();
  private final List<Child> nodes = new ArrayList<>();

  private CometNetwork(Path dir) {
    this.dir = dir;
  }

  static CometNetwork start(ProcessRegistry registry, Path dir) throws IOException {
    CometNetwork network = new CometNetwork(dir);
    network.run(
        "testnet", "--v=" + NODES, "--o=" + dir.resolve("net"), "--starting-ip-address=127.0.0.1");
    network.writeGenesis();
    List<Integer> peerPorts = new ArrayList<>();
    List<String> peers = new ArrayList<>();
    for (int i = 0; i < NODES; i++) {
      peerPorts.add(Ports.free());
      network.rpcPorts.add(Ports.free());
      String id = network.run("show-node-id", "--home=" + network.home(i));
      peers.add(id + "@127.0.0.1:" + peerPorts.get(i));
    }
    for (int i = 0; i < NODES; i++) {
      Map<String, String> environment = new HashMap<>(fast());
      environment.put("CMT_P2P_PERSISTENT_PEERS", String.join(",", peers));
      environment.put("CMT_P2P_LADDR", "tcp://127.0.0.1:" + peerPorts.get(i));
      environment.put("CMT_RPC_LADDR", "tcp://127.0.0.1:" + network.rpcPorts.get(i));
      network.nodes.add(
          Child.start(
              registry,
              "cometbft-" + i,
              dir.resolve("logs").resolve("cometbft-" + i + ".log"),
              List.of(network.executable, "node", "--home=" + network.home(i)),
              environment));
    }
    for (int i = 0; i < NODES; i++) {
      int node = i;
      network.nodes.get(i).awaitReady(() -> network.height(node) >= 2, START_SECONDS);
    }
    return network;
  }

  /** Blocks as fast as four processes on two cores make them, and nothing that needs a disk. */
  private static Map<String, String> fast() {
    return Map.of(
        "CMT_PROXY_APP", "kvstore",
        "CMT_DB_BACKEND", "memdb",
        "CMT_TX_INDEX_INDEXER", "null",
        "CMT_P2P_PEX", "false",
        "CMT_P2P_FLUSH_THROTTLE_TIMEOUT", "1ms",
        "CMT_CONSENSUS_TIMEOUT_COMMIT", "1ms",
        "CMT_CONSENSUS_SKIP_TIMEOUT_COMMIT", "true",
        "CMT_CONSENSUS_PEER_GOSSIP_SLEEP_DURATION", "5ms",
        "CMT_LOG_LEVEL", "error",
        "GOGC", "400");
  }

  private void writeGenesis() throws IOException {
    Path first = home(0).resolve("config/genesis.json");
    ObjectNode genesis = (ObjectNode) JsonMapper.shared().readTree(Files.readString(first));
    genesis.put("chain_id", CHAIN);
    genesis
        .get("validators")
        .forEach(each -> ((ObjectNode) each).put("power", Long.toString(POWER)));
    for (int i = 0; i < NODES; i++) {
      Files.writeString(home(i).resolve("config/genesis.json"), genesis.toString());
    }
  }

  private Path home(int node) {
    return dir.resolve("net").resolve("node" + node);
  }

  private String run(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(executable));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (!process.waitFor(START_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new DevnetException(String.join(" ", command) + ": " + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DevnetException("interrupted", e);
    }
    return output.strip();
  }

  URI endpoint(int node) {
    return URI.create("http://127.0.0.1:" + rpcPorts.get(node));
  }

  private JsonNode call(int node, String method, Object... parameters) {
    return new NodeRpc(endpoint(node)).call(method, parameters);
  }

  /** Height that a node is at; 0 while it does not answer. */
  long height(int node) {
    try {
      return call(node, "status").at("/sync_info/latest_block_height").asLong();
    } catch (DevnetException e) {
      return 0;
    }
  }

  /** Block hash at a height, in the node's own words. */
  String blockHash(int node, long height) {
    return call(node, "commit", Long.toString(height))
        .at("/signed_header/commit/block_id/hash")
        .asString();
  }

  /** Key of a validator node. */
  Bytes key(int node) throws IOException {
    JsonNode key =
        JsonMapper.shared()
            .readTree(Files.readString(home(node).resolve("config/priv_validator_key.json")));
    return Bytes.wrap(Base64.getDecoder().decode(key.at("/pub_key/value").asString()));
  }

  /** Asks the application for another power of a validator, 0 to remove it; waits for the block. */
  long setPower(Bytes key, long power) {
    String transaction =
        "val=ed25519!" + Base64.getEncoder().encodeToString(key.toArray()) + "!" + power;
    JsonNode result =
        call(
            0,
            "broadcast_tx_commit",
            Base64.getEncoder().encodeToString(transaction.getBytes(StandardCharsets.US_ASCII)));
    if (result.at("/tx_result/code").asInt() != 0 || result.at("/check_tx/code").asInt() != 0) {
      throw new DevnetException(transaction + ": " + result);
    }
    return result.at("/height").asLong();
  }

  void awaitHeight(int node, long height, long seconds) {
    nodes.get(node).awaitReady(() -> height(node) >= height, seconds);
  }
}
