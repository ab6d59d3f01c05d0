package dev.trestle.dist.follow;

import dev.trestle.dist.devnet.ChainNode;
import dev.trestle.dist.devnet.Child;
import dev.trestle.dist.devnet.DevnetException;
import dev.trestle.dist.devnet.NodeRpc;
import dev.trestle.dist.devnet.Ports;
import dev.trestle.dist.devnet.ProcessRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A real geth that a consensus client drives through its Engine API, without peers.
 *
 * @param rpc geth's own answers
 * @param secret file with the key of the Engine API's tokens
 */
record EngineGeth(NodeRpc rpc, URI endpoint, URI engine, Path secret) {
  private static final long START_SECONDS = 60;

  /**
   * @param dir where its data, its log and the secret are put
   */
  static EngineGeth start(ProcessRegistry registry, Path dir, Path genesis)
      throws IOException, InterruptedException {
    Path secret = dir.resolve("jwt.hex");
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    Files.writeString(secret, HexFormat.of().formatHex(random));
    int port = Ports.free();
    int enginePort = Ports.free();
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
    URI endpoint = URI.create("http://127.0.0.1:" + port);
    NodeRpc rpc = new NodeRpc(endpoint);
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
                "--networkid=" + BeaconChain.CHAIN,
                "--http",
                "--http.addr=127.0.0.1",
                "--http.port=" + port,
                "--http.api=eth,debug",
                "--authrpc.addr=127.0.0.1",
                "--authrpc.port=" + enginePort,
                "--authrpc.jwtsecret=" + secret,
                "--ipcdisable",
                "--nodiscover",
                "--maxpeers=0",
                "--port=0",
                "--verbosity=2"),
            Map.of());
    child.awaitReady(() -> rpc.answers("eth_chainId"), START_SECONDS);
    return new EngineGeth(rpc, endpoint, URI.create("http://127.0.0.1:" + enginePort), secret);
  }

  /** A {@link DevnetException} with the log unless the process ends with 0. */
  static void await(Process process, String name, Path log)
      throws IOException, InterruptedException {
    if (!process.waitFor(START_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.toHandle().destroy();
      throw new DevnetException(name + " failed:\n" + Files.readString(log));
    }
  }
}
