package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.ledger.Families;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A relay chain of several nodes in one process, over real TLS on the loopback address. */
final class DevNet implements AutoCloseable {
  static final int SECONDS = 60;
  private static final NodeConfig.Timing TIMING = new NodeConfig.Timing(50, 2_000, 500);

  final Vertx vertx = Vertx.vertx();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  final Genesis genesis;
  private final Path root;
  private final List<SecretKey> keys = new ArrayList<>();
  private final Map<String, RelayNode> running = new TreeMap<>();
  private final Map<String, Integer> ports = new TreeMap<>();

  /** What nodes speak that do not speak all that this release does. */
  final Map<String, ProtocolRange> protocols = new TreeMap<>();

  /** Of nodes that are started from now on. */
  NodeConfig.Timing timing = TIMING;

  /** Of nodes that are started from now on. */
  NodeConfig.Operations operations = NodeConfig.Operations.DEFAULT;

  DevNet(Path root, int validators) throws IOException {
    this(root, validators, 0, Genesis.Parameters.DEFAULT);
  }

  /**
   * @param spare keys of validators that the genesis does not name, numbered after the others
   */
  DevNet(Path root, int validators, int spare, Genesis.Parameters parameters) throws IOException {
    this(root, validators, spare, parameters, 1_000);
  }

  /**
   * @param ageMs how long ago the chain began
   */
  DevNet(Path root, int validators, int spare, Genesis.Parameters parameters, long ageMs)
      throws IOException {
    this.root = root;
    for (int i = 0; i < validators + spare; i++) {
      keys.add(key("validator", i));
    }
    keys.subList(0, validators).sort(Comparator.comparing(key -> key.publicKey().evmAddress()));
    for (int i = 0; i < validators + spare; i++) {
      Files.createDirectories(home(name(i)));
      NodeFiles.writeValidatorKey(keyFile(i), keys.get(i));
    }
    List<Genesis.Validator> members = members(IntStream.range(0, validators).toArray());
    this.genesis =
        new Genesis(
            "devnet",
            System.currentTimeMillis() - ageMs,
            members,
            new Genesis.Governance(
                Stream.of(0, 1, 2, 3).map(i -> key("governance", i).publicKey()).toList(), 3),
            new Genesis.NotaryCommittee(
                0,
                Stream.of(0, 1, 2, 3)
                    .map(
                        i ->
                            new Genesis.NotaryMember(
                                key("custody", i).publicKey().xOnly(),
                                key("attest", i).publicKey()))
                    .sorted(Comparator.comparing(member -> member.attestKey().evmAddress()))
                    .toList(),
                3),
            parameters);
    NodeFiles.writeGenesis(root.resolve("genesis.hex"), genesis);
  }

  static SecretKey key(String purpose, int number) {
    return SecretKey.derive(Bytes.utf8("devnet"), purpose + "/" + number);
  }

  static String name(int validator) {
    return "validator" + validator;
  }

  /** As a genesis or governance names them. */
  List<Genesis.Validator> members(int... validators) {
    return IntStream.of(validators)
        .mapToObj(
            i -> new Genesis.Validator(keys.get(i).publicKey(), identity(name(i)).fingerprint()))
        .sorted(Comparator.comparing(each -> each.key().evmAddress()))
        .toList();
  }

  SecretKey validatorKey(int validator) {
    return keys.get(validator);
  }

  Path home(String name) {
    return root.resolve(name);
  }

  /** Keys are outside of the data directory, as an operator keeps them. */
  Path keyFile(int validator) {
    return root.resolve("key" + validator);
  }

  TransportIdentity identity(String name) {
    return TransportIdentity.loadOrCreate(NodeFiles.transportKey(home(name)), new SecureRandom());
  }

  RelayNode startNew(int validator) {
    return start(name(validator), new NodeConfig.Role.Validator(keyFile(validator), true));
  }

  /** A validator with another machine than the ledger. */
  RelayNode startNew(int validator, StateMachine.Factory machine) {
    NodeConfig.Role role = new NodeConfig.Role.Validator(keyFile(validator), true);
    return start(
        name(validator), NodeSetup.machine(config(name(validator), role, peers()), machine));
  }

  RelayNode restart(int validator) {
    return start(name(validator), new NodeConfig.Role.Validator(keyFile(validator), false));
  }

  RelayNode startFollower(String name) {
    return start(name, new NodeConfig.Role.Follower());
  }

  RelayNode start(String name, NodeConfig.Role role) {
    return start(name, role, peers());
  }

  private List<PeerAddress> peers() {
    return running.values().stream()
        .map(node -> new PeerAddress("127.0.0.1", node.peerPort()))
        .toList();
  }

  RelayNode start(String name, NodeConfig.Role role, List<PeerAddress> peers) {
    return start(
        name,
        NodeSetup.ledger(config(name, role, peers), Families.of(List.of()))
            .protocols(protocols.getOrDefault(name, ProtocolRange.CURRENT)));
  }

  private NodeConfig config(String name, NodeConfig.Role role, List<PeerAddress> peers) {
    return new NodeConfig(
        home(name),
        root.resolve("genesis.hex"),
        "127.0.0.1",
        ports.getOrDefault(name, 0),
        peers,
        role,
        0,
        timing,
        operations);
  }

  private RelayNode start(String name, NodeSetup setup) {
    RelayNode node = done(RelayNode.start(vertx, setup).toCompletionStage().toCompletableFuture());
    running.put(name, node);
    ports.put(name, node.peerPort());
    return node;
  }

  void stop(String name) {
    RelayNode node = running.remove(name);
    if (node != null) {
      done(node.close().toCompletionStage().toCompletableFuture());
    }
  }

  void wipe(String name) throws IOException {
    for (String part : List.of("store", "wal")) {
      try (Stream<Path> files = Files.walk(home(name).resolve(part))) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** A transaction that is included and has no effect but to use up a nonce. */
  Transaction transaction(String sender, long nonce) {
    return Transaction.sign(
        genesis.chainId(),
        key(sender, 0),
        nonce,
        new TransactionBody.UpdateClient(ChainId.parse("eip155:1"), Bytes.utf8("nothing")));
  }

  Hash32 send(RelayNode node, Transaction transaction) {
    return done(node.submit(transaction).toCompletionStage().toCompletableFuture()).orThrow();
  }

  /** Waits until {@code condition} holds; looks whenever a timer fires. */
  void until(String what, BooleanSupplier condition) {
    CompletableFuture<Boolean> held = new CompletableFuture<>();
    ScheduledFuture<?> looking =
        timer.scheduleWithFixedDelay(
            () -> {
              try {
                if (condition.getAsBoolean()) {
                  held.complete(true);
                }
              } catch (RuntimeException | Error e) {
                held.completeExceptionally(e);
              }
            },
            0,
            20,
            TimeUnit.MILLISECONDS);
    try {
      held.orTimeout(SECONDS, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      throw new AssertionError("not reached: " + what, e);
    } finally {
      looking.cancel(false);
    }
  }

  void untilHeight(long height, RelayNode... nodes) {
    for (RelayNode node : nodes) {
      until("height " + height + ", is " + node.head(), () -> node.head() >= height);
    }
  }

  NodeStatus status(RelayNode node) {
    return done(node.status().toCompletionStage().toCompletableFuture());
  }

  /** Whether none of the nodes reaches {@code height} within {@code time}. */
  boolean staysBelow(long height, java.time.Duration time, RelayNode... nodes) {
    CompletableFuture<Boolean> below = new CompletableFuture<>();
    for (RelayNode node : nodes) {
      node.onBlock(
          block -> {
            if (block.height() >= height) {
              below.complete(false);
            }
          });
    }
    return below.completeOnTimeout(true, time.toMillis(), TimeUnit.MILLISECONDS).join()
        && java.util.Arrays.stream(nodes).allMatch(node -> node.head() < height);
  }

  static void await(CountDownLatch latch) {
    try {
      if (!latch.await(SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("nobody counted down");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  static <T> T done(CompletableFuture<T> future) {
    return future.orTimeout(SECONDS, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    List.copyOf(running.keySet()).forEach(this::stop);
    timer.shutdownNow();
    done(vertx.close().toCompletionStage().toCompletableFuture());
  }
}
