package dev.trestle.relay.node;

import dev.trestle.base.TrestleException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads a {@link NodeConfig} from a JSON object with the keys {@code dataDir}, {@code genesis},
 * {@code listenHost}, {@code listenPort}, {@code peers} (list of {@code host:port}), {@code role}
 * ({@code "follower"} or {@code "validator"}), {@code validatorKey}, {@code newValidator}, {@code
 * rpcPort}, {@code minBlockIntervalMs}, {@code heartbeatMs}, {@code roundTimeoutMs}. Paths are
 * relative to the file. An unknown, missing or repeated key is an error that names it.
 */
public final class NodeConfigFile {
  static final long MAX_FILE_BYTES = 1 << 20;

  private static final Set<String> KEYS =
      Set.of(
          "dataDir",
          "genesis",
          "listenHost",
          "listenPort",
          "peers",
          "role",
          "validatorKey",
          "newValidator",
          "rpcPort",
          "minBlockIntervalMs",
          "heartbeatMs",
          "roundTimeoutMs");

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final Path directory;
  private final JsonNode root;

  private NodeConfigFile(Path directory, JsonNode root) {
    this.directory = directory;
    this.root = root;
  }

  /**
   * @throws TrestleException {@link NodeReason#BAD_CONFIG} naming the key that is wrong
   */
  public static NodeConfig load(Path file) {
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw bad(file + " has more than " + MAX_FILE_BYTES + " bytes");
      }
      Path parent = file.toAbsolutePath().getParent();
      JsonNode root = JSON.readTree(Files.readString(file));
      return new NodeConfigFile(parent == null ? Path.of("/") : parent, root).read();
    } catch (IOException | JacksonException e) {
      throw new TrestleException(NodeReason.BAD_CONFIG, "cannot read " + file, e);
    }
  }

  private NodeConfig read() {
    if (!root.isObject()) {
      throw bad("the configuration is not a JSON object");
    }
    for (String key : root.propertyNames()) {
      if (!KEYS.contains(key)) {
        throw bad("unknown key " + key);
      }
    }
    NodeConfig.Timing pace = NodeConfig.Timing.DEVNET;
    return new NodeConfig(
        path("dataDir"),
        path("genesis"),
        root.has("listenHost") ? text(root, "listenHost") : "127.0.0.1",
        integer("listenPort", 0),
        peers(),
        role(),
        integer("rpcPort", 0),
        new NodeConfig.Timing(
            integer("minBlockIntervalMs", (int) pace.minBlockIntervalMs()),
            integer("heartbeatMs", (int) pace.heartbeatMs()),
            integer("roundTimeoutMs", (int) pace.roundTimeoutMs())));
  }

  private NodeConfig.Role role() {
    JsonNode asNew = root.path("newValidator");
    if (!asNew.isMissingNode() && !asNew.isBoolean()) {
      throw bad("newValidator is neither true nor false");
    }
    boolean isNew = asNew.asBoolean(false);
    return switch (text(root, "role")) {
      case "validator" -> new NodeConfig.Role.Validator(path("validatorKey"), isNew);
      case "follower" -> {
        if (root.has("validatorKey") || root.has("newValidator")) {
          throw bad("a follower has no validatorKey and no newValidator");
        }
        yield new NodeConfig.Role.Follower();
      }
      default -> throw bad("role is neither validator nor follower");
    };
  }

  private List<PeerAddress> peers() {
    List<PeerAddress> peers = new ArrayList<>();
    for (JsonNode each : array("peers")) {
      try {
        peers.add(PeerAddress.parse(each.asString()));
      } catch (IllegalArgumentException e) {
        throw new TrestleException(NodeReason.BAD_CONFIG, "peers holds no host:port", e);
      }
    }
    return peers;
  }

  private JsonNode array(String key) {
    JsonNode value = root.path(key);
    if (!value.isArray()) {
      throw bad(key + " is not a list");
    }
    return value;
  }

  private Path path(String key) {
    return directory.resolve(text(root, key));
  }

  private static String text(JsonNode object, String key) {
    JsonNode value = object.path(key);
    if (!value.isString() || value.asString().isEmpty()) {
      throw bad(key + " is missing or not a text");
    }
    return value.asString();
  }

  private int integer(String key, int otherwise) {
    JsonNode value = root.path(key);
    if (value.isMissingNode()) {
      return otherwise;
    }
    if (!value.isInt()) {
      throw bad(key + " is not an integer");
    }
    return value.asInt();
  }

  private static TrestleException bad(String message) {
    return new TrestleException(NodeReason.BAD_CONFIG, message);
  }
}
