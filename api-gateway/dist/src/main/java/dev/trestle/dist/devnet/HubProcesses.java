package dev.trestle.dist.devnet;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The hub's own processes: each can be killed and started again. */
final class HubProcesses {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ProcessRegistry registry;
  private final DevnetFiles files;
  private final Consumer<String> report;
  private final List<NodeRpc> validatorRpcs = new ArrayList<>();

  /** All that were ever started, the ended ones too. */
  private final List<Child> started = new CopyOnWriteArrayList<>();

  private final List<Child> validators = new ArrayList<>();
  private Child notaries;
  private Child gateway;

  /**
   * @param report told of a process that ends by itself, at once
   */
  @SuppressWarnings("NullAway.Init") // startOthers() sets both before anybody asks for them
  HubProcesses(
      ProcessRegistry registry, DevnetFiles files, Loopback topology, Consumer<String> report) {
    this.registry = registry;
    this.files = files;
    this.report = report;
    for (int i = 0; i < DevnetFiles.VALIDATORS; i++) {
      int port = topology.rpcPort("validator-" + i);
      validatorRpcs.add(new NodeRpc(URI.create("http://127.0.0.1:" + port)));
    }
  }

  /** Starts validators that have never signed. */
  void startValidators() {
    for (int i = 0; i < DevnetFiles.VALIDATORS; i++) {
      validators.add(startValidator(i, true));
    }
  }

  private Child startValidator(int index, boolean isNew) {
    List<String> arguments =
        new ArrayList<>(List.of("node", "start", "--config", config(files.validator(index))));
    if (isNew) {
      arguments.add("--new-validator");
    }
    return start("validator-" + index, arguments);
  }

  /** Starts the gateway and the members. */
  void startOthers() {
    gateway = start("gateway", List.of("gateway", "start", "--config", config(files.gateway())));
    List<String> arguments = new ArrayList<>(List.of("notary", "start"));
    for (int i = 0; i < DevnetFiles.MEMBERS; i++) {
      arguments.add("--config");
      arguments.add(config(files.notary(i)));
    }
    notaries = start("notaries", arguments);
  }

  private Child start(String name, List<String> arguments) {
    Child child = JavaChild.start(registry, files.dir(), name, arguments);
    child.onUnexpectedEnd(report);
    started.add(child);
    return child;
  }

  /**
   * @throws DevnetException when one has ended: validators bear the loss of one, and a network that
   *     begins with it would not survive the next
   */
  void requireAllAlive() {
    List<String> ended =
        started.stream().filter(child -> !child.isAlive()).map(Child::name).toList();
    if (!ended.isEmpty()) {
      throw new DevnetException(
          "ended while the network was starting: " + String.join(", ", ended));
    }
  }

  /** From now on the end of none of them is told of. */
  void mayEnd() {
    started.forEach(Child::mayEnd);
  }

  private static String config(Path folder) {
    return folder.resolve("config.json").toString();
  }

  /** Fails when the gateway ends before {@code ready} holds, or when it takes too long. */
  void awaitGateway(BooleanSupplier ready) {
    gateway.awaitReady(ready, PATIENCE.toSeconds());
  }

  /** JSON-RPC of one validator. */
  NodeRpc validatorRpc(int index) {
    return validatorRpcs.get(index);
  }

  void killValidator(int index) {
    validators.get(index).kill();
  }

  void restartValidator(int index) {
    validators.set(index, startValidator(index, false));
  }

  /** SIGKILL to all of them at once. */
  void killAll() {
    List<Child> all = new ArrayList<>(validators);
    all.add(notaries);
    all.add(gateway);
    all.parallelStream().forEach(Child::kill);
  }

  void restartAll() {
    for (int i = 0; i < validators.size(); i++) {
      restartValidator(i);
    }
    startOthers();
  }
}
