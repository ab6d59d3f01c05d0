package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.TrestleException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
