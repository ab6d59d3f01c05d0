package dev.trestle.relay.bench;

import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.TransferLimits;
import dev.trestle.relay.node.NodeFiles;
import dev.trestle.relay.node.TransportIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Four validators and those that may join them, each with a folder, on the loopback address. */
public final class BenchNetwork implements AutoCloseable {
  static final int VALIDATORS = 4;

  /** As many transfers may be open as are opened during one measurement. */
  private static final Genesis.Parameters PARAMETERS =
      Genesis.Parameters.DEFAULT.with(
          new TransferLimits(
              TransferLimits.MAX_LIFETIME_MILLIS,
              TransferLimits.MAX_OPEN,
              TransferLimits.MAX_OPEN));

  private final Path root;
  private final BenchValidator.Machine machine;
  private final int accounts;
  private final Layout layout;
  private final int heapMegabytes;
  private final Genesis genesis;
  private final List<SecretKey> keys = new ArrayList<>(Keys.sorted("validator", VALIDATORS));
  private final List<Genesis.Validator> members = new ArrayList<>();
  private final List<ValidatorProcess> running = new ArrayList<>();

  /** How the validators are spread over processes. */
  public enum Layout {
    /** One a process. */
    PROCESSES,
    /** All in one process: they share its compiler and its heap. */
    TOGETHER
  }

  /**
   * What runs.
   *
   * @param accounts without key, of the machine for transfers
   * @param heapMegabytes largest heap of one validator
   * @param spares validators that the genesis does not name, numbered after the others
   */
  record Plan(
      BenchValidator.Machine machine,
      int accounts,
      Layout layout,
      int heapMegabytes,
      int spares,
      Genesis.Parameters parameters) {
    Plan(BenchValidator.Machine machine, int accounts, Layout layout, int heapMegabytes) {
      this(machine, accounts, layout, heapMegabytes, 0, PARAMETERS);
    }
  }

  private BenchNetwork(Path root, Plan plan) {
    this.layout = plan.layout();
    this.accounts = plan.accounts();
    this.root = root;
    this.machine = plan.machine();
    this.heapMegabytes = plan.heapMegabytes();
    for (int i = 0; i < plan.spares(); i++) {
      keys.add(Keys.of("spare", i));
    }
    for (int i = 0; i < keys.size(); i++) {
      try {
        Files.createDirectories(data(i));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      NodeFiles.writeValidatorKey(home(i).resolve("validator.key"), keys.get(i));
      TransportIdentity identity =
          TransportIdentity.loadOrCreate(NodeFiles.transportKey(data(i)), new SecureRandom());
      members.add(new Genesis.Validator(keys.get(i).publicKey(), identity.fingerprint()));
    }
    this.genesis = genesis(members.subList(0, VALIDATORS), plan.parameters());
    NodeFiles.writeGenesis(root.resolve("genesis.hex"), genesis);
  }

  private static Genesis genesis(List<Genesis.Validator> members, Genesis.Parameters parameters) {
    List<SecretKey> attest = Keys.sorted("attest", VALIDATORS);
    return new Genesis(
        "bench",
        System.currentTimeMillis() - 1_000,
        members,
        new Genesis.Governance(
            Keys.sorted("governance", VALIDATORS).stream().map(SecretKey::publicKey).toList(), 3),
        new Genesis.NotaryCommittee(
            0,
            IntStream.range(0, VALIDATORS)
                .mapToObj(
                    i ->
                        new Genesis.NotaryMember(
                            Keys.of("custody", i).publicKey().xOnly(), attest.get(i).publicKey()))
                .sorted(Comparator.comparing(BenchNetwork::address))
                .toList(),
            3),
        parameters);
  }

  private static EvmAddress address(Genesis.NotaryMember member) {
    return member.attestKey().evmAddress();
  }

  /** Makes and starts a new network in an empty folder. */
  static BenchNetwork start(Path root, Plan plan) {
    BenchNetwork network = new BenchNetwork(root, plan);
    network.writeConfigs();
    for (int i = 0; i < network.keys.size(); i++) {
      NodeFiles.createSignGuard(network.home(i).resolve("validator.key"));
    }
    try {
      switch (plan.layout()) {
        case PROCESSES -> {
          for (int i = 0; i < VALIDATORS; i++) {
            network.running.add(network.process(i));
          }
        }
        case TOGETHER ->
            network.running.add(
                ValidatorProcess.start(
                    plan.machine(),
                    plan.accounts(),
                    IntStream.range(0, VALIDATORS).mapToObj(network::config).toList(),
                    root.resolve("log.txt"),
                    VALIDATORS * plan.heapMegabytes()));
      }
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
    return network;
  }

  private void writeConfigs() {
    List<Integer> ports = FreePorts.of(keys.size());
    for (int i = 0; i < keys.size(); i++) {
      List<String> peers = new ArrayList<>();
      for (int j = 0; j < VALIDATORS; j++) {
        if (j != i) {
          peers.add("\"127.0.0.1:" + ports.get(j) + "\"");
        }
      }
      String text =
          """
          {"dataDir": "data", "genesis": "../genesis.hex", "role": "validator",
           "validatorKey": "validator.key", "listenPort": %d, "rpcPort": 0, "peers": [%s],
           "minBlockIntervalMs": 1, "heartbeatMs": 5000, "roundTimeoutMs": 2000}
          """
              .formatted(ports.get(i), String.join(", ", peers));
      try {
        Files.writeString(config(i), text);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private ValidatorProcess process(int validator) {
    return ValidatorProcess.start(
        machine,
        accounts,
        List.of(config(validator)),
        home(validator).resolve("log.txt"),
        heapMegabytes);
  }

  private Path config(int validator) {
    return home(validator).resolve("config.json");
  }

  Genesis genesis() {
    return genesis;
  }

  Path home(int validator) {
    return root.resolve(String.format(Locale.ROOT, "validator-%d", validator));
  }

  private Path data(int validator) {
    return home(validator).resolve("data");
  }

  List<Integer> rpcPorts() {
    return running.stream().flatMap(each -> each.rpcPorts().stream()).toList();
  }

  ValidatorProcess validator(int number) {
    return running.get(number);
  }

  /** Starts a validator again that was killed or stopped; each must be a process of its own. */
  void restart(int validator) {
    if (layout != Layout.PROCESSES) {
      throw new IllegalStateException("validators share a process");
    }
    running.set(validator, process(validator));
  }

  /** Starts the next one of those that the genesis does not name; gives its number. */
  int startSpare() {
    int number = running.size();
    running.add(process(number));
    return number;
  }

  /** The first ones, as a genesis or governance names them: ascending by address. */
  List<Genesis.Validator> members(int count) {
    return members.subList(0, count).stream()
        .sorted(Comparator.comparing(each -> each.key().evmAddress()))
        .toList();
  }

  /** CPU time of all validators so far. */
  Duration cpu() {
    return running.stream().map(ValidatorProcess::cpu).reduce(Duration.ZERO, Duration::plus);
  }

  /** The most memory that one of them held so far, in bytes. */
  long peakMemoryBytes() {
    return running.stream().mapToLong(ValidatorProcess::peakMemoryBytes).max().orElse(0);
  }

  @Override
  public void close() {
    running.forEach(ValidatorProcess::stop);
    running.clear();
  }

  /** Removes a network's folder. */
  static void remove(Path folder) {
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(
                Path directory, java.io.@org.jspecify.annotations.Nullable IOException fault)
                throws IOException {
              Files.delete(directory);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
