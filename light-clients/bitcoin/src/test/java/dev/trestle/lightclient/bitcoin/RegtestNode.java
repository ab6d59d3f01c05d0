package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Bytes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A bitcoind or litecoind of its own on loopback, ended when closed. */
final class RegtestNode implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int START_TRIES = 300;

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process process;
  private final int port;

  private RegtestNode(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * @param variable environment variable with the path of the node's program
   */
  static RegtestNode start(String variable, Path directory, String... more) throws Exception {
    RegtestNode node = start(variable, "-regtest", directory, more);
    node.call("createwallet", "\"w\"");
    return node;
  }

  /**
   * Without a wallet.
   *
   * @param network {@code -regtest} or {@code -signet}
   */
  static RegtestNode start(String variable, String network, Path directory, String... more)
      throws Exception {
    String program =
        Optional.ofNullable(System.getenv(variable))
            .orElseThrow(
                () -> new IllegalStateException("set " + variable + " to the node's program"));
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                program,
                network,
                "-datadir=" + directory,
                "-listen=0",
                "-server=1",
                "-rpcbind=127.0.0.1",
                "-rpcallowip=127.0.0.1",
                "-rpcport=" + port,
                "-rpcuser=hub",
                "-rpcpassword=hub",
                "-fallbackfee=0.0002",
                "-txindex=1",
                "-dnsseed=0",
                "-printtoconsole=0"));
    command.addAll(List.of(more));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("out.txt").toFile())
            .start();
    RegtestNode node = new RegtestNode(process, port);
    node.awaitStart();
    return node;
  }

  private void awaitStart() throws Exception {
    for (int i = 0; i < START_TRIES; i++) {
      try {
        call("getblockcount");
        return;
      } catch (IOException | IllegalStateException notYet) {
        if (process.waitFor(100, TimeUnit.MILLISECONDS)) {
          throw new IllegalStateException("the node ended: " + process.exitValue(), notYet);
        }
      }
    }
    throw new IllegalStateException("the node does not answer");
  }

  /** The result; IllegalStateException with the node's error if it has one. */
  JsonNode call(String method, String... parameters) throws Exception {
    String body =
        "{\"id\":1,\"method\":\"%s\",\"params\":[%s]}"
            .formatted(method, String.join(",", parameters));
    String login = Base64.getEncoder().encodeToString("hub:hub".getBytes(StandardCharsets.UTF_8));
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                .header("Authorization", "Basic " + login)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    JsonNode answer = JSON.readTree(response.body());
    if (answer.hasNonNull("error")) {
      throw new IllegalStateException(method + ": " + answer.get("error"));
    }
    return answer.get("result");
  }

  static String quoted(String text) {
    return "\"" + text + "\"";
  }

  static String quoted(Bytes hex) {
    return quoted(hex.toHex());
  }

  @Override
  public void close() {
    process.destroy();
    if (process.onExit().completeOnTimeout(process, 20, TimeUnit.SECONDS).join().isAlive()) {
      process.destroyForcibly().onExit().join();
    }
  }
}
