package dev.trestle.dist.follow;

import dev.trestle.dist.devnet.DevnetException;
import dev.trestle.dist.devnet.NodeRpc;
import dev.trestle.dist.devnet.ProcessRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A proof-of-stake chain that grows as fast as the machine can: Lodestar's state transition with
 * the payloads of a real geth. 64 validators, minimal preset, all of them sign; the first block of
 * geth is that of 2024-01-01. Every slot has a block.
 */
final class BeaconChain implements AutoCloseable {
  /** Chain id of {@code nodes/beacon/genesis.json}. */
  static final long CHAIN = 32_382;

  /** Epoch of the fork; geth's {@code pragueTime} says the same. */
  static final int ELECTRA = 6;

  /** Epoch of the fork; nothing changes for geth. */
  static final int FULU = 12;

  static final int SLOTS_PER_EPOCH = 8;

  private final Path log;
  private final NodeRpc rpc;
  private final Process script;
  private final BufferedReader lines;

  private BeaconChain(Path log, NodeRpc rpc, Process script) {
    this.log = log;
    this.rpc = rpc;
    this.script = script;
    this.lines = script.inputReader(StandardCharsets.UTF_8);
  }

  /**
   * @param slots blocks until it ends
   * @param transactions what geth has in its pool from the first block on
   */
  static BeaconChain start(ProcessRegistry registry, Path dir, int slots, List<String> transactions)
      throws IOException, InterruptedException {
    Path packages = packages();
    EngineGeth geth = EngineGeth.start(registry, dir, packages.resolve("genesis.json"));
    NodeRpc rpc = geth.rpc();
    transactions.forEach(each -> rpc.call("eth_sendRawTransaction", each));
    Path log = dir.resolve("beacon-chain.log");
    Process script =
        new ProcessBuilder(
                "node",
                packages.resolve("beacon-chain.mjs").toString(),
                "--engine=" + geth.engine(),
                "--rpc=" + geth.endpoint(),
                "--jwt=" + geth.secret(),
                "--slots=" + slots,
                "--electra=" + ELECTRA,
                "--fulu=" + FULU)
            .redirectError(log.toFile())
            .start();
    registry.add("beacon-chain", script.toHandle());
    return new BeaconChain(log, rpc, script);
  }

  private static Path packages() {
    String folder = System.getenv("BEACON_CHAIN");
    if (folder == null || !Files.isRegularFile(Path.of(folder, "beacon-chain.mjs"))) {
      throw new DevnetException(
          "BEACON_CHAIN does not name the folder of beacon-chain.mjs and its packages. Start"
              + " through ./trestle, which fetches them.");
    }
    return Path.of(folder);
  }

  /** geth's own answers. */
  NodeRpc rpc() {
    return rpc;
  }

  /** The next object that the script prints; empty when it has ended as it should. */
  Optional<JsonNode> next() throws IOException, InterruptedException {
    String line = lines.readLine();
    if (line != null) {
      return Optional.of(JsonMapper.shared().readTree(line));
    }
    EngineGeth.await(script, "the beacon chain's script", log);
    return Optional.empty();
  }

  @Override
  public void close() throws IOException {
    script.toHandle().destroy();
    lines.close();
  }
}
