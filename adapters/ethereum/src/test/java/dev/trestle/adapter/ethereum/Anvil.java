package dev.trestle.adapter.ethereum;

import dev.trestle.adapter.AdapterContext;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.ChainConfig;
import dev.trestle.adapter.TransactionPort;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.adapter.TransactionPort.TransactionStatus;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.TimeSource;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.SecretKey;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** A running anvil of its own, and shortcuts to what tests do with it. */
final class Anvil implements AutoCloseable {
  static final long CHAIN_ID = 1337;
  static final ChainId CHAIN = new ChainId("eip155", "1337");
  private static final Duration START = Duration.ofSeconds(30);

  /** Private keys of anvil's first accounts; the whole world knows them. */
  private static final List<String> KEYS =
      List.of(
          "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
          "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
          "5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a");

  private final Process process;
  private final Path log;
  final Vertx vertx = Vertx.vertx();
  final AdapterContext context = new AdapterContext(vertx, TimeSource.system());
  final URI endpoint;
  private final HttpClient http = vertx.createHttpClient();
  private final EvmRpc rpc;

  private Anvil(Process process, Path log, URI endpoint) {
    this.process = process;
    this.log = log;
    this.endpoint = endpoint;
    this.rpc = new EvmRpc(new VertxRpcService(http, endpoint, Duration.ofSeconds(20)));
  }

  static Anvil start() throws IOException {
    return start("prague");
  }

  /** A chain that has got no further than {@code hardfork}. */
  static Anvil start(String hardfork) throws IOException {
    Path program = Tools.fromEnvironment("ANVIL");
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path log = Files.createTempFile("trestle-anvil", ".log");
    Process process =
        new ProcessBuilder(
                program.toString(),
                "--host",
                "127.0.0.1",
                "--port",
                Integer.toString(port),
                "--chain-id",
                Long.toString(CHAIN_ID),
                "--hardfork",
                hardfork,
                "--slots-in-an-epoch",
                "1")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    Anvil anvil = new Anvil(process, log, URI.create("http://127.0.0.1:" + port));
    anvil.waitUntilReady();
    return anvil;
  }

  private void waitUntilReady() throws IOException {
    long deadline = System.nanoTime() + START.toNanos();
    while (true) {
      try {
        rpc.require("eth_chainId");
        return;
      } catch (RuntimeException e) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw new AssertionError("anvil does not start: " + Files.readString(log), e);
        }
      }
      Async.await(vertx.timer(50, TimeUnit.MILLISECONDS));
    }
  }

  static SecretKey key(int account) {
    return SecretKey.of(Bytes.fromHex(KEYS.get(account)));
  }

  static EvmAddress address(int account) {
    return TransactionSigner.addressOf(key(account));
  }

  ChainConfig config(Map<String, String> options) {
    Map<String, String> all = new HashMap<>(Map.of("poll-millis", "50"));
    all.putAll(options);
    return new ChainConfig(CHAIN, List.of(endpoint), all);
  }

  EvmAdapter adapter(Map<String, String> options) {
    EvmAdapter adapter = new EvmAdapter(context, config(options));
    Async.await(adapter.start());
    return adapter;
  }

  EvmConnection connection() {
    return EvmConnection.open(context, config(Map.of()));
  }

  JsonNode call(String method, Object... params) {
    return rpc.require(method, params);
  }

  Optional<JsonNode> tell(String method, Object... params) {
    return rpc.query(method, params);
  }

  void mine(int blocks) {
    tell("anvil_mine", Json.quantity(blocks));
  }

  long time() {
    return Json.integer64(call("eth_getBlockByNumber", "latest", false), "timestamp");
  }

  /** Makes a block whose timestamp is {@code seconds}. */
  void mineAt(long seconds) {
    tell("evm_setNextBlockTimestamp", seconds);
    mine(1);
  }

  /** Sends and waits; the transaction must take effect. */
  EvmTransactions.Receipt execute(SignedTransaction transaction) {
    try (EvmConnection connection = connection()) {
      return connection.await().execute(transaction);
    }
  }

  /** Where a transaction that was sent ends up; anvil makes its block a moment after it is sent. */
  TransactionStatus.Included included(TransactionPort transactions, Hash32 id) {
    long deadline = System.nanoTime() + START.toNanos();
    while (true) {
      TransactionStatus status = Async.await(transactions.status(id));
      if (status instanceof TransactionStatus.Included included) {
        return included;
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("transaction " + id + " is " + status);
      }
      Async.await(vertx.timer(20, TimeUnit.MILLISECONDS));
    }
  }

  long gasUsed(SignedTransaction transaction) {
    execute(transaction);
    return Json.integer64(
        call("eth_getTransactionReceipt", Json.data(transaction.id())), "gasUsed");
  }

  /** Deploys a contract that has no constructor arguments. */
  EvmAddress deploy(String artifact) {
    try (EvmConnection connection = connection()) {
      return connection
          .await()
          .create(
              connection
                  .signer()
                  .sign(
                      key(0),
                      TransactionSigner.Call.creation(ContractArtifact.load(artifact).bytecode())));
    }
  }

  @Override
  public void close() {
    http.close();
    Async.await(vertx.close());
    process.destroy();
    process.onExit().join();
    try {
      Files.delete(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
