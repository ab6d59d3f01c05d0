package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.TrestleException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeFolderTest {
  @TempDir Path temp;

  private NodeFolder.Made init(Path folder, Map<String, Object> settings) {
    return NodeFolder.init(
        new NodeFolder.Request(
            folder, Optional.empty(), true, List.of(new PeerAddress("127.0.0.1", 7_500)), settings),
        new SecureRandom());
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private static List<String> content(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void makesAValidatorWhoseSecretsAreForItsOwnerOnly() throws IOException {
    Path folder = temp.resolve("deep/node");
    NodeFolder.Made made = init(folder, Map.of("listenPort", 7_501));
    assertThat(content(folder))
        .containsExactly("config.json", "data", "validator.key", "validator.key.guard");
    assertThat(mode(folder)).isEqualTo("rwx------");
    assertThat(mode(folder.resolve("validator.key"))).isEqualTo("rw-------");
    assertThat(mode(folder.resolve("data/transport.pem"))).isEqualTo("rw-------");
    NodeConfig config = NodeConfigFile.load(NodeFolder.config(folder));
    assertThat(config.listenPort()).isEqualTo(7_501);
    assertThat(NodeFiles.readValidatorKey(config.validator().orElseThrow().keyFile()).publicKey())
        .isEqualTo(made.validator().orElseThrow());
    assertThat(NodeFiles.signGuard(config.validator().orElseThrow().keyFile())).exists();
    assertThat(
            TransportIdentity.loadOrCreate(
                    NodeFiles.transportKey(config.dataDir()), new SecureRandom())
                .fingerprint())
        .isEqualTo(made.transport());
    assertThat(NodeConfigFile.check(NodeFolder.config(folder)))
        .as("only the genesis is missing")
        .extracting(ConfigProblem::key)
        .containsExactly("genesis");
  }

  @Test
  void neverOverwritesAnything() throws IOException {
    Path folder = temp.resolve("node");
    init(folder, Map.of());
    byte[] key = Files.readAllBytes(folder.resolve("validator.key"));
    assertThatThrownBy(() -> init(folder, Map.of()))
        .isInstanceOfSatisfying(
            TrestleException.class, e -> assertThat(e.code()).isEqualTo(NodeReason.ALREADY_EXISTS));
    assertThat(Files.readAllBytes(folder.resolve("validator.key"))).isEqualTo(key);
    Path file = Files.writeString(temp.resolve("file"), "mine");
    assertThatThrownBy(() -> init(file, Map.of())).isInstanceOf(TrestleException.class);
    assertThat(file).hasContent("mine");
    Files.createDirectory(temp.resolve("empty"));
    assertThat(init(temp.resolve("empty"), Map.of()).validator()).isPresent();
  }

  @Test
  void leavesNothingBehindWhenASettingIsWrong() throws IOException {
    assertThatThrownBy(() -> init(temp.resolve("node"), Map.of("listenPort", 70_000)))
        .isInstanceOfSatisfying(
            TrestleException.class, e -> assertThat(e.code()).isEqualTo(NodeReason.BAD_CONFIG))
        .hasMessageContaining("listenPort = 70000: out of range");
    assertThat(content(temp)).isEmpty();
  }
}
