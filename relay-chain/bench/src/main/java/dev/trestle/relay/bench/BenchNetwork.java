package dev.trestle.relay.bench;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.node.NodeFiles;
import dev.trestle.relay.node.TransportIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
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

/** Four validators as processes, each with its own folder, on the loopback address. */
final class BenchNetwork implements AutoCloseable {
  static final int VALIDATORS = 4;

  private final Path root;
  private final BenchValidator.Machine machine;
  private final int heapMegabytes;
  private final Genesis genesis;
  private final List<SecretKey> keys = Keys.sorted("validator", VALIDATORS);
  private final List<ValidatorProcess> running = new ArrayList<>();

  private BenchNetwork(Path root, BenchValidator.Machine machine, int heapMegabytes) {
    this.root = root;
    this.machine = machine;
    this.heapMegabytes = heapMegabytes;
    List<Genesis.Validator> members = new ArrayList<>();
    for (int i = 0; i < VALIDATORS; i++) {
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
    this.genesis = genesis(members);
    NodeFiles.writeGenesis(root.resolve("genesis.hex"), genesis);
  }

  private static Genesis genesis(List<Genesis.Validator> members) {
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
        Genesis.Parameters.DEFAULT);
  }

  private static EvmAddress address(Genesis.NotaryMember member) {
    return member.attestKey().evmAddress();
  }

  /**
   * Makes and starts a new network in an empty folder.
   *
   * @param heapMegabytes largest heap of one validator
   */
  static BenchNetwork start(Path root, BenchValidator.Machine machine, int heapMegabytes) {
    BenchNetwork network = new BenchNetwork(root, machine, heapMegabytes);
    network.writeConfigs();
    try {
      for (int i = 0; i < VALIDATORS; i++) {
        NodeFiles.createSignGuard(network.home(i).resolve("validator.key"));
        network.running.add(network.process(i));
      }
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
    return network;
  }

  private void writeConfigs() {
    List<Integer> ports = freePorts();
    for (int i = 0; i < VALIDATORS; i++) {
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
        Files.writeString(home(i).resolve("config.json"), text);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static List<Integer> freePorts() {
    List<Integer> ports = new ArrayList<>();
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (int i = 0; i < VALIDATORS; i++) {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        held.add(socket);
        ports.add(socket.getLocalPort());
      }
      for (ServerSocket socket : held) {
        socket.close();
      }
      return ports;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ValidatorProcess process(int validator) {
    return ValidatorProcess.start(
        machine,
        home(validator).resolve("config.json"),
        home(validator).resolve("log.txt"),
        heapMegabytes);
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
    return running.stream().map(ValidatorProcess::rpcPort).toList();
  }

  ValidatorProcess validator(int number) {
    return running.get(number);
  }

  /** Starts a validator again that was killed or stopped. */
  void restart(int validator) {
    running.set(validator, process(validator));
  }

  /** CPU time of all validators so far. */
  Duration cpu() {
    return running.stream().map(ValidatorProcess::cpu).reduce(Duration.ZERO, Duration::plus);
  }

  /** The most memory that one of them held so far, in bytes. */
  long peakMemoryBytes() {
    return running.stream().mapToLong(ValidatorProcess::peakMemoryBytes).max().orElse(0);
  }

  Bytes genesisBytes() {
    return genesis.encode();
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
