package dev.trestle.adapter.bitcoin.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A {@code bitcoind} or {@code litecoind} of its own, on regtest but for one {@link Kind}: free
 * port on loopback, own folder, ended by its process. Its wallet is off.
 */
public final class RegtestNode implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration CALL_LIMIT = Duration.ofSeconds(60);
  private static final String USER = "hub:hub";

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path folder;
  private final Process process;
  private final int port;
  private final int peerPort;

  /** Which node software. */
  @SuppressWarnings("ImmutableEnumChecker") // the list comes from List.of
  public enum Kind {
    BITCOIN("BITCOIND", List.of("-disablewallet", "-natpmp=0", "-listenonion=0")),
    // without the last option MWEB activates at height 432 and mining without peg-ins stops
    LITECOIN("LITECOIND", List.of("-disablewallet", "-upnp=0", "-vbparams=mweb:-2:0")),
    /** With a wallet, as only a wallet can make a peg-in, and MWEB from height 432 on. */
    LITECOIN_MWEB("LITECOIND", List.of("-upnp=0")),
    /** Of the public signet, and alone: it has the blocks that it is given. */
    SIGNET(
        "-signet",
        "BITCOIND",
        List.of("-disablewallet", "-natpmp=0", "-listenonion=0", "-connect=0"));

    private final String network;
    private final String variable;
    private final List<String> options;

    Kind(String variable, List<String> options) {
      this("-regtest", variable, options);
    }

    Kind(String network, String variable, List<String> options) {
      this.network = network;
      this.variable = variable;
      this.options = options;
    }
  }

  /** The node answered with an error. */
  public static final class RpcError extends RuntimeException {
    private final int code;

    RpcError(int code, String message) {
      super(code + " " + message);
      this.code = code;
    }

    public int code() {
      return code;
    }
  }

  private RegtestNode(Path folder, Process process, int port, int peerPort) {
    this.folder = folder;
    this.process = process;
    this.port = port;
    this.peerPort = peerPort;
  }

  /**
   * Starts a node and waits until it answers.
   *
   * @throws IllegalStateException when the environment does not name the program
   */
  public static RegtestNode start(Kind kind) {
    return start(kind, false);
  }

  /** As {@link #start}; the node also listens for peers on loopback, and connects to none. */
  public static RegtestNode startListening(Kind kind) {
    return start(kind, true);
  }

  private static RegtestNode start(Kind kind, boolean listening) {
    String program = System.getenv(kind.variable);
    if (program == null || program.isBlank()) {
      throw new IllegalStateException(
          "set the environment variable " + kind.variable + " to the node's program");
    }
    try {
      Path folder = Files.createTempDirectory("trestle-regtest");
      int port = freePort();
      int peerPort = freePort();
      List<String> command = new ArrayList<>();
      command.addAll(
          List.of(
              program,
              kind.network,
              "-datadir=" + folder,
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
      command.addAll(kind.options);
      command.addAll(
          listening
              ? List.of("-listen=1", "-bind=127.0.0.1:" + peerPort, "-connect=0")
              : List.of("-listen=0"));
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("out.txt").toFile())
              .start();
      RegtestNode node = new RegtestNode(folder, process, port, peerPort);
      node.awaitAnswer();
      return node;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitAnswer() throws IOException {
    long end = System.nanoTime() + START_LIMIT.toNanos();
    while (System.nanoTime() < end) {
      try {
        call("getblockcount");
        return;
      } catch (UncheckedIOException | RpcError e) {
        if (hasEnded(Duration.ofMillis(50))) {
          break;
        }
      }
    }
    String said = Files.readString(folder.resolve("out.txt"));
    close();
    throw new IllegalStateException("the node does not start: " + said);
  }

  private boolean hasEnded(Duration within) {
    try {
      return process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** JSON-RPC address with credentials. */
  public URI endpoint() {
    return endpoint("127.0.0.1");
  }

  /** Where {@link #startListening} listens for peers. */
  public String peerAddress() {
    return "127.0.0.1:" + peerPort;
  }

  /** The same node under another name of this machine. */
  public URI endpoint(String host) {
    return URI.create("http://" + USER + "@" + host + ":" + port + "/");
  }

  /**
   * @throws RpcError when the node answers with an error
   */
  public JsonNode call(String method, Object... params) {
    return callAt("/", method, params);
  }

  /** A call to one of the node's wallets. */
  public JsonNode wallet(String name, String method, Object... params) {
    return callAt("/wallet/" + name, method, params);
  }

  private JsonNode callAt(String path, String method, Object... params) {
    String body =
        JSON.writeValueAsString(
            Map.of("jsonrpc", "1.0", "id", 1, "method", method, "params", List.of(params)));
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(CALL_LIMIT)
            .header(
                "Authorization",
                "Basic "
                    + Base64.getEncoder().encodeToString(USER.getBytes(StandardCharsets.UTF_8)))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      JsonNode answer =
          JSON.readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
      JsonNode error = answer.path("error");
      if (error.isObject()) {
        throw new RpcError(error.path("code").intValue(), error.path("message").stringValue());
      }
      return answer.path("result");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /**
   * Mines {@code count} blocks that pay to {@code address}; the last one's hash as people see it.
   */
  public String mine(int count, String address) {
    JsonNode hashes = call("generatetoaddress", count, address);
    return hashes.get(hashes.size() - 1).stringValue();
  }

  public long height() {
    return call("getblockcount").longValue();
  }

  /** Ends the process and removes its folder. Idempotent. */
  @Override
  public void close() {
    if (!Files.exists(folder)) {
      return;
    }
    http.close(); // a node waits for open connections before it ends
    process.destroy();
    if (!hasEnded(Duration.ofSeconds(20))) {
      process.destroyForcibly();
      hasEnded(Duration.ofSeconds(10));
    }
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
