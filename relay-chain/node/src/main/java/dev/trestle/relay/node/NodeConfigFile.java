package dev.trestle.relay.node;

import dev.trestle.base.TrestleException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads a {@link NodeConfig} from a JSON object whose keys are {@link #KEYS}. Paths are relative to
 * the file. An unknown, missing or repeated key, a value of a wrong type and one out of range are
 * problems, and all of them are told at once.
 */
public final class NodeConfigFile {
  static final long MAX_FILE_BYTES = 1 << 20;

  private static final String VALIDATOR = "validator";
  static final ConfigKey.Place PLACE = new ConfigKey.Place();
  private static final ConfigKey.Whole PORT = new ConfigKey.Whole(0, 65_535);

  private static final ConfigKey.OrZero BLOCKS_OR_NONE =
      new ConfigKey.OrZero(
          new ConfigKey.Whole(NodeConfig.Keep.MIN_BLOCKS, NodeConfig.Keep.MAX_BLOCKS));

  /** Every key, in the order in which they are explained. */
  static final List<ConfigKey> KEYS =
      List.of(
          required("dataDir", PLACE),
          required("genesis", PLACE),
          required("peers", new ConfigKey.Addresses(NodeConfig.MAX_PEERS)),
          required("role", new ConfigKey.Choice(List.of(VALIDATOR, "follower"))),
          optional("validatorKey", PLACE),
          optional("newValidator", new ConfigKey.Flag()),
          optional("listenHost", new ConfigKey.Text("a host name or IP address")),
          optional("listenPort", PORT),
          optional("rpcPort", PORT),
          optional("minBlockIntervalMs", new ConfigKey.Whole(1, NodeConfig.Timing.MAX_MS)),
          optional("heartbeatMs", new ConfigKey.Whole(1, NodeConfig.Timing.MAX_MS)),
          optional(
              "roundTimeoutMs",
              new ConfigKey.Whole(NodeConfig.Timing.MIN_ROUND_MS, NodeConfig.Timing.MAX_MS)),
          optional("keepBlocks", BLOCKS_OR_NONE),
          optional("snapshotBlocks", BLOCKS_OR_NONE),
          optional(
              "stateSyncBlocks",
              new ConfigKey.Whole(NodeConfig.Keep.MIN_BLOCKS, NodeConfig.Keep.MAX_BLOCKS)),
          optional("minFreeDiskMb", new ConfigKey.Whole(0, NodeConfig.Operations.MAX_FREE_DISK_MB)),
          optional("metricsHost", new ConfigKey.Text("a host name or IP address")),
          optional("metricsPort", PORT),
          optional("logFormat", new ConfigKey.Choice(List.of("text", "json"))));

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final Path directory;
  private final JsonNode root;

  private NodeConfigFile(Path directory, JsonNode root) {
    this.directory = directory;
    this.root = root;
  }

  private static ConfigKey required(String name, ConfigKey.Holds holds) {
    return new ConfigKey(name, holds, true);
  }

  private static ConfigKey optional(String name, ConfigKey.Holds holds) {
    return new ConfigKey(name, holds, false);
  }

  /**
   * @throws TrestleException {@link NodeReason#BAD_CONFIG} naming every key that is wrong; the
   *     files that it names are not looked at
   */
  public static NodeConfig load(Path file) {
    NodeConfigFile found = parse(file);
    List<ConfigProblem> problems = found.keyProblems();
    if (!problems.isEmpty()) {
      throw new TrestleException(
          NodeReason.BAD_CONFIG,
          problems.stream().map(ConfigProblem::line).collect(Collectors.joining(" | ")));
    }
    return found.read();
  }

  /**
   * Everything that is wrong with a configuration and with the files that it names; empty if a node
   * can be started with it. Opens nothing for writing.
   */
  public static List<ConfigProblem> check(Path file) {
    NodeConfigFile found;
    try {
      found = parse(file);
    } catch (TrestleException e) {
      return List.of(
          ConfigProblem.of(
              "file", file.toString(), String.valueOf(e.getMessage()), "a JSON object"));
    }
    List<ConfigProblem> problems = new ArrayList<>(found.keyProblems());
    problems.addAll(new ConfigFilesCheck(found.directory, found.root).problems());
    return List.copyOf(problems);
  }

  private static NodeConfigFile parse(Path file) {
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw bad(file + " has more than " + MAX_FILE_BYTES + " bytes");
      }
      Path parent = file.toAbsolutePath().getParent();
      JsonNode root = JSON.readTree(Files.readString(file));
      if (!root.isObject()) {
        throw bad("cannot read " + file + ": not a JSON object");
      }
      return new NodeConfigFile(parent == null ? Path.of("/") : parent, root);
    } catch (java.nio.file.NoSuchFileException e) {
      throw new TrestleException(
          NodeReason.BAD_CONFIG, "cannot read " + file + ": no such file", e);
    } catch (IOException e) {
      throw new TrestleException(NodeReason.BAD_CONFIG, "cannot read " + file, e);
    } catch (JacksonException e) {
      throw new TrestleException(
          NodeReason.BAD_CONFIG, "cannot read " + file + ": " + e.getOriginalMessage(), e);
    }
  }

  /** What can be said without looking at other files. */
  private List<ConfigProblem> keyProblems() {
    List<ConfigProblem> problems = new ArrayList<>();
    List<String> known = KEYS.stream().map(ConfigKey::name).toList();
    for (String key : root.propertyNames()) {
      if (!known.contains(key)) {
        problems.add(ConfigProblem.of(key, "", "unknown key " + key, String.join(", ", known)));
      }
    }
    KEYS.forEach(key -> key.check(root).ifPresent(problems::add));
    boolean validator = VALIDATOR.equals(root.path("role").asString(""));
    if (validator && !root.has("validatorKey")) {
      problems.add(ConfigProblem.of("validatorKey", "", "missing", "a path, for a validator"));
    }
    if ("follower".equals(root.path("role").asString(""))) {
      for (String key : List.of("validatorKey", "newValidator")) {
        if (root.has(key)) {
          problems.add(
              ConfigProblem.of(key, root.path(key), "a follower has no " + key, "nothing"));
        }
      }
    }
    if (root.has("metricsHost") && !root.has("metricsPort")) {
      problems.add(
          ConfigProblem.of("metricsPort", "", "missing beside metricsHost", PORT.allowed()));
    }
    if (problems.isEmpty()
        && whole("keepBlocks", 0) > 0
        && whole("snapshotBlocks", NodeConfig.Keep.DEFAULT.snapshotBlocks()) == 0) {
      problems.add(
          ConfigProblem.of(
              "snapshotBlocks",
              "0",
              "old blocks may go only where there are snapshots",
              "a whole number from " + NodeConfig.Keep.MIN_BLOCKS + ", or keepBlocks 0"));
    }
    if (problems.isEmpty() && timing().heartbeatMs() < timing().minBlockIntervalMs()) {
      problems.add(
          ConfigProblem.of(
              "heartbeatMs",
              Long.toString(timing().heartbeatMs()),
              "shorter than minBlockIntervalMs",
              "a whole number from " + timing().minBlockIntervalMs()));
    }
    return problems;
  }

  /** What is not checked yet: the record's own check has the last word. */
  private record Pace(long minBlockIntervalMs, long heartbeatMs, long roundTimeoutMs) {}

  private Pace timing() {
    NodeConfig.Timing usual = NodeConfig.Timing.DEVNET;
    return new Pace(
        whole("minBlockIntervalMs", usual.minBlockIntervalMs()),
        whole("heartbeatMs", usual.heartbeatMs()),
        whole("roundTimeoutMs", usual.roundTimeoutMs()));
  }

  private NodeConfig read() {
    Pace pace = timing();
    return new NodeConfig(
        path("dataDir"),
        path("genesis"),
        root.path("listenHost").asString("127.0.0.1"),
        (int) whole("listenPort", 0),
        peers(),
        role(),
        (int) whole("rpcPort", 0),
        new NodeConfig.Timing(pace.minBlockIntervalMs(), pace.heartbeatMs(), pace.roundTimeoutMs()),
        operations());
  }

  private NodeConfig.Operations operations() {
    NodeConfig.Operations usual = NodeConfig.Operations.DEFAULT;
    Optional<NodeConfig.Endpoint> metrics =
        root.has("metricsPort")
            ? Optional.of(
                new NodeConfig.Endpoint(
                    root.path("metricsHost").asString("127.0.0.1"), (int) whole("metricsPort", 0)))
            : Optional.empty();
    return new NodeConfig.Operations(
        whole("minFreeDiskMb", usual.minFreeDiskMb()),
        metrics,
        LogFormat.valueOf(root.path("logFormat").asString("text").toUpperCase(Locale.ROOT)),
        new NodeConfig.Keep(
            whole("keepBlocks", usual.keep().keepBlocks()),
            whole("snapshotBlocks", usual.keep().snapshotBlocks()),
            whole("stateSyncBlocks", usual.keep().stateSyncBlocks())));
  }

  private NodeConfig.Role role() {
    return VALIDATOR.equals(root.path("role").asString(""))
        ? new NodeConfig.Role.Validator(
            path("validatorKey"), root.path("newValidator").asBoolean(false))
        : new NodeConfig.Role.Follower();
  }

  private List<PeerAddress> peers() {
    List<PeerAddress> peers = new ArrayList<>();
    for (JsonNode each : root.path("peers")) {
      PeerAddress.tryParse(each.asString()).ifPresent(peers::add);
    }
    return peers;
  }

  private Path path(String key) {
    return directory.resolve(root.path(key).asString(""));
  }

  private long whole(String key, long otherwise) {
    JsonNode value = root.path(key);
    return value.isMissingNode() ? otherwise : value.asLong();
  }

  static TrestleException bad(String message) {
    return new TrestleException(NodeReason.BAD_CONFIG, message);
  }
}
