package dev.trestle.dist.follow;

import dev.trestle.dist.devnet.DevnetException;
import dev.trestle.dist.devnet.NodeRpc;
import dev.trestle.dist.devnet.Ports;
import dev.trestle.dist.devnet.ProcessRegistry;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A real Lodestar beacon node with its validators, and geth for the payloads: Capella, minimal
 * preset, a second a slot. Its chain began some time ago and is made up to now, slot by slot as the
 * caller asks; from then on it goes by the wall clock and asks nobody.
 */
final class LodestarNode implements AutoCloseable {
  private final Path log;
  private final EngineGeth geth;
  private final URI rest;
  private final Process process;
  private final BufferedReader lines;
  private final BufferedWriter asked;

  private LodestarNode(Path log, EngineGeth geth, URI rest, Process process) {
    this.log = log;
    this.geth = geth;
    this.rest = rest;
    this.process = process;
    this.lines = process.inputReader(StandardCharsets.UTF_8);
    this.asked = process.outputWriter(StandardCharsets.UTF_8);
  }

  /**
   * @param slots seconds, and slots, that its chain has to catch up
   */
  static LodestarNode start(ProcessRegistry registry, Path dir, int slots)
      throws IOException, InterruptedException {
    Path packages = packages();
    EngineGeth geth = EngineGeth.start(registry, dir, packages.resolve("genesis.json"));
    Path log = dir.resolve("lodestar.log");
    int port = Ports.free();
    Process process =
        new ProcessBuilder(
                "node",
                packages.resolve("beacon-node.mjs").toString(),
                "--engine=" + geth.engine(),
                "--jwt=" + geth.secret(),
                "--genesis="
                    + geth.rpc().call("eth_getBlockByNumber", "0x0", false).get("hash").asString(),
                "--rest=" + port,
                "--p2p=" + Ports.free(),
                "--data=" + dir,
                "--slots=" + slots)
            .redirectError(log.toFile())
            .start();
    registry.add("lodestar", process.toHandle());
    return new LodestarNode(log, geth, URI.create("http://127.0.0.1:" + port), process);
  }

  private static Path packages() {
    String folder = System.getenv("BEACON_NODE");
    if (folder == null || !Files.isRegularFile(Path.of(folder, "beacon-node.mjs"))) {
      throw new DevnetException(
          "BEACON_NODE does not name the folder of beacon-node.mjs and its packages. Start"
              + " through ./trestle, which fetches them.");
    }
    return Path.of(folder);
  }

  /** geth's own answers. */
  NodeRpc rpc() {
    return geth.rpc();
  }

  /** The Beacon API. */
  URI rest() {
    return rest;
  }

  /** The next object that it prints; the first one is the network. */
  JsonNode next() throws IOException {
    String line = lines.readLine();
    if (line == null) {
      throw new DevnetException("the beacon node has ended:\n" + Files.readString(log));
    }
    return JsonMapper.shared().readTree(line);
  }

  /**
   * Lets the chain go on to the end of this slot.
   *
   * @return false once it has caught up with the wall clock
   */
  boolean reaches(long slot) throws IOException {
    asked.write(slot + "\n");
    asked.flush();
    JsonNode said = next();
    return !said.has("live");
  }

  @Override
  public void close() throws IOException {
    process.toHandle().destroy();
    lines.close();
  }
}
