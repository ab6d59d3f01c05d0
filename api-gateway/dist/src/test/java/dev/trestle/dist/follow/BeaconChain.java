package dev.trestle.dist.follow;

import dev.trestle.dist.devnet.ChainNode;
import dev.trestle.dist.devnet.Child;
import dev.trestle.dist.devnet.DevnetException;
import dev.trestle.dist.devnet.NodeRpc;
import dev.trestle.dist.devnet.Ports;
import dev.trestle.dist.devnet.ProcessRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
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

  private static final long START_SECONDS = 60;

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
    Path secret = dir.resolve("jwt.hex");
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    Files.writeString(secret, HexFormat.of().formatHex(random));
    int port = Ports.free();
    int enginePort = Ports.free();
    NodeRpc rpc = geth(registry, dir, packages.resolve("genesis.json"), port, enginePort);
    transactions.forEach(each -> rpc.call("eth_sendRawTransaction", each));
    Path log = dir.resolve("beacon-chain.log");
    Process script =
        new ProcessBuilder(
                "node",
                packages.resolve("beacon-chain.mjs").toString(),
                "--engine=http://127.0.0.1:" + enginePort,
                "--rpc=http://127.0.0.1:" + port,
                "--jwt=" + secret,
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

  private static NodeRpc geth(
      ProcessRegistry registry, Path dir, Path genesis, int port, int enginePort)
      throws IOException, InterruptedException {
    String geth = ChainNode.executable("GETH");
    String data = "--datadir=" + dir.resolve("geth");
    Path log = dir.resolve("geth.log");
    List<String> init = List.of(geth, "init", data, "--state.scheme=hash", genesis.toString());
    await(
        new ProcessBuilder(init)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start(),
        "geth init",
        log);
    NodeRpc rpc = new NodeRpc(URI.create("http://127.0.0.1:" + port));
    Child child =
        Child.start(
            registry,
            "geth",
            log,
            List.of(
                geth,
                data,
                "--state.scheme=hash",
                "--syncmode=full",
                "--gcmode=archive",
                "--networkid=" + CHAIN,
                "--http",
                "--http.addr=127.0.0.1",
                "--http.port=" + port,
                "--http.api=eth,debug",
                "--authrpc.addr=127.0.0.1",
                "--authrpc.port=" + enginePort,
                "--authrpc.jwtsecret=" + dir.resolve("jwt.hex"),
                "--ipcdisable",
                "--nodiscover",
                "--maxpeers=0",
                "--port=0",
                "--verbosity=2"),
            Map.of());
    child.awaitReady(() -> rpc.answers("eth_chainId"), START_SECONDS);
    return rpc;
  }

  /** A {@link DevnetException} with the log unless the process ends with 0. */
  private static void await(Process process, String name, Path log)
      throws IOException, InterruptedException {
    if (!process.waitFor(START_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.toHandle().destroy();
      throw new DevnetException(name + " failed:\n" + Files.readString(log));
    }
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
    await(script, "the beacon chain's script", log);
    return Optional.empty();
  }

  @Override
  public void close() throws IOException {
    script.toHandle().destroy();
    lines.close();
  }
}
