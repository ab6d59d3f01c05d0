package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.TrestleException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeConfigFileTest {
  private static final String VALIDATOR =
      """
      {"dataDir": "data", "genesis": "genesis.hex", "peers": ["127.0.0.1:7000", "node-b:7001"],
       "role": "validator", "validatorKey": "key", "newValidator": true, "listenPort": 7002,
       "rpcPort": 7003, "minBlockIntervalMs": 250}
      """;

  @TempDir Path temp;

  private NodeConfig load(String json) throws IOException {
    return NodeConfigFile.load(Files.writeString(temp.resolve("config.json"), json));
  }

  @Test
  void readsAValidator() throws IOException {
    NodeConfig config = load(VALIDATOR);
    assertThat(config.dataDir()).isEqualTo(temp.resolve("data"));
    assertThat(config.peers())
        .containsExactly(new PeerAddress("127.0.0.1", 7000), new PeerAddress("node-b", 7001));
    assertThat(config.role()).isEqualTo(new NodeConfig.Role.Validator(temp.resolve("key"), true));
    assertThat(config.listenPort()).isEqualTo(7002);
    assertThat(config.rpcPort()).isEqualTo(7003);
    assertThat(config.timing()).isEqualTo(new NodeConfig.Timing(250, 10_000, 1_000));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "rpcPort": 7003        | "rpcport": 7003          | unknown key rpcport
          "listenPort": 7002     | "listenPort": 70000      | listenPort
          "listenPort": 7002     | "listenPort": "7002"     | listenPort
          "listenPort": 7002     | "rpcPort": 1             | cannot read
          "role": "validator"    | "role": "observer"       | role
          "role": "validator"    | "role": "follower"       | a follower has no
          "newValidator": true   | "newValidator": "yes"    | newValidator
          "dataDir": "data",     | ''                       | dataDir
          127.0.0.1:7000         | 127.0.0.1                | peers
          "minBlockIntervalMs": 250 | "minBlockIntervalMs": 0 | minBlockIntervalMs
          """)
  void namesWhatIsWrong(String good, String bad, String complaint) {
    assertThat(VALIDATOR).contains(good);
    assertThatThrownBy(() -> load(VALIDATOR.replace(good, bad)))
        .isInstanceOfSatisfying(
            TrestleException.class,
            e -> {
              assertThat(e.code()).isEqualTo(NodeReason.BAD_CONFIG);
              assertThat(e).hasMessageContaining(complaint);
            });
  }

  private List<String> check(String json) throws IOException {
    return NodeConfigFile.check(Files.writeString(temp.resolve("config.json"), json)).stream()
        .map(ConfigProblem::line)
        .toList();
  }

  @Test
  void tellsEverythingThatIsWrongAtOnce() throws IOException {
    assertThat(
            check(
                """
                {"dataDir": 7, "peers": ["a:1", "b", 5], "role": "validator", "rpcport": 1,
                 "listenPort": 65536, "rpcPort": "x", "heartbeatMs": 1e3, "newValidator": 1,
                 "minFreeDiskMb": -1}
                """))
        .containsExactly(
            "rpcport: unknown key rpcport; allowed: "
                + String.join(", ", NodeConfigFile.KEYS.stream().map(ConfigKey::name).toList()),
            "dataDir = 7: not a text; allowed: a path",
            "genesis: missing; allowed: a path",
            "peers = [\"a:1\",\"b\",5]: not host:port: b, 5; allowed: a list of at most 128 texts"
                + " host:port",
            "newValidator = 1: neither true nor false; allowed: true or false",
            "listenPort = 65536: out of range; allowed: a whole number from 0 to 65535",
            "rpcPort = x: not a whole number; allowed: a whole number from 0 to 65535",
            "heartbeatMs = 1000.0: not a whole number; allowed: a whole number from 1 to 600000",
            "minFreeDiskMb = -1: out of range; allowed: a whole number from 0 to 1048576",
            "validatorKey: missing; allowed: a path, for a validator");
  }

  @Test
  void looksAtTheFilesThatAreNamed() throws IOException {
    String json = VALIDATOR.replace(", \"newValidator\": true", "");
    assertThat(check(json))
        .containsExactly(
            "genesis = "
                + temp.resolve("genesis.hex")
                + ": no such file; allowed: a path of a file",
            "validatorKey = " + temp.resolve("key") + ": no such file; allowed: a path of a file");
    Files.writeString(temp.resolve("genesis.hex"), "00");
    Files.writeString(temp.resolve("data"), "not a folder");
    NodeFiles.writeValidatorKey(temp.resolve("key"), DevNet.key("validator", 1));
    assertThat(check(json))
        .satisfiesExactly(
            line -> assertThat(line).startsWith("dataDir = ").contains("not a folder"),
            line -> assertThat(line).startsWith("genesis = ").contains("not a genesis file"),
            line -> assertThat(line).startsWith("validatorKey = ").contains("guard is missing"));
  }

  @Test
  void oneLineForAFileThatIsNoConfiguration() throws IOException {
    assertThat(check("[1]")).singleElement().asString().contains("not a JSON object");
    assertThat(check("{\"role\": ")).singleElement().asString().contains("cannot read");
    assertThat(NodeConfigFile.check(temp.resolve("none")))
        .singleElement()
        .satisfies(problem -> assertThat(problem.line()).contains("no such file"));
  }

  /** Somebody pastes the key itself where the name of its file belongs, with a line break. */
  @Test
  void showsNoSecretAndNoControlCharacter() throws IOException {
    String secret = DevNet.key("validator", 1).exposeForStorage().toHex();
    assertThat(check(VALIDATOR.replace("\"key\"", "\"" + secret + "\"")))
        .noneMatch(line -> line.contains(secret))
        .anyMatch(line -> line.contains("not shown"));
    assertThat(check(VALIDATOR.replace("\"rpcPort\"", "\"rpc\\n\\u001b[2J\"")))
        .allSatisfy(line -> assertThat(line).doesNotContainPattern("\\p{Cntrl}"));
  }

  @Test
  void aKeyFileThatOthersMayReadIsRefused() throws IOException {
    Path file = temp.resolve("key");
    NodeFiles.writeValidatorKey(file, DevNet.key("validator", 1));
    assertThat(NodeFiles.readValidatorKey(file).publicKey())
        .isEqualTo(DevNet.key("validator", 1).publicKey());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(() -> NodeFiles.readValidatorKey(file))
        .hasMessageContaining("readable by its owner only");
  }
}
