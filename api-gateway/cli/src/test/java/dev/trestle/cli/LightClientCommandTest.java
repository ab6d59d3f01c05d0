package dev.trestle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorFile;
import dev.trestle.lightclient.vectors.VectorFormat;
import dev.trestle.lightclient.vectors.VectorJson;
import dev.trestle.lightclient.vectors.VectorReading;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code trestle light-client verify} on files of a family that exists only here. */
final class LightClientCommandTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String GOOD =
      "{\"toy\":[{\"even\":2,\"valid\":true},{\"even\":3,\"valid\":false,\"reason\":\"high-hash\"}]}";

  @TempDir private Path folder = Path.of(".");

  /** A number is valid when it is even; 13 is a bug. */
  public static final class ToyVectors implements VectorFormat {
    @Override
    public String family() {
      return "toy";
    }

    @Override
    public List<String> folders() {
      return List.of("toy");
    }

    @Override
    public VectorReading read(VectorFile file) {
      if (file.hasSuffix(".part")) {
        return new VectorReading.PartOf("whole.json");
      }
      if (!file.hasSuffix(".json") || !VectorJson.hasFields(file.json(), "toy")) {
        return VectorReading.foreign();
      }
      return VectorReading.cases(
          VectorJson.list(file.json(), "toy").stream().map(ToyVectors::toCase).toList());
    }

    private static VectorCase toCase(JsonNode each) {
      long number = VectorJson.number(each, "even");
      Expected expected =
          VectorJson.bool(each, "valid")
              ? Expected.ACCEPT
              : Expected.reject(VectorJson.text(each, "reason"));
      return new VectorCase(
          "number " + number,
          expected,
          () -> {
            if (number == 13) {
              throw new IllegalStateException("unlucky");
            }
            return Outcome.check(number % 2 == 0, RejectionCode.HIGH_HASH, "odd:\n" + number);
          });
    }
  }

  private record Ran(int exit, String out, String err) {
    List<String> lines() {
      return out.lines().toList();
    }
  }

  private Ran run(String... arguments) {
    CommandLine command = TrestleCommand.commandLine();
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int exit = command.execute(arguments);
    return new Ran(exit, out.toString(), err.toString());
  }

  private Path write(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  @Test
  void aLineACaseAndExitZeroWhenAllMatch() throws IOException {
    Path file = write("a.json", GOOD);
    Ran ran = run("light-client", "verify", file.toString());
    assertThat(ran.exit()).isZero();
    assertThat(ran.lines()).containsExactly("ok accepted", "rejected high-hash odd: 3");
    assertThat(ran.err()).contains("toy: 2 cases").contains("all match");
    Ran verbose = run("light-client", "verify", "--verbose", file.toString());
    assertThat(verbose.lines().getFirst()).isEqualTo(file + ": number 2: ok accepted");
  }

  @Test
  void anObjectACaseWithJson() throws IOException {
    Path file = write("toy/a.json", GOOD);
    Ran ran = run("light-client", "verify", "--json", folder.toString());
    assertThat(ran.exit()).isZero();
    assertThat(ran.lines()).hasSize(2);
    JsonNode second = JSON.readTree(ran.lines().get(1));
    assertThat(second.get("file").asString()).isEqualTo(file.toString());
    assertThat(second.get("case").asString()).isEqualTo("number 3");
    assertThat(second.get("expected").asString()).isEqualTo("rejected high-hash");
    assertThat(second.get("actual").asString()).isEqualTo("rejected high-hash");
    assertThat(second.get("match").asBoolean()).isTrue();
  }

  @Test
  void exitEightWhenOneDoesNotMatch() throws IOException {
    for (String wrong :
        List.of(
            "{\"toy\":[{\"even\":2,\"valid\":true},{\"even\":3,\"valid\":true}]}",
            "{\"toy\":[{\"even\":3,\"valid\":false,\"reason\":\"bad-prev\"}]}",
            "{\"toy\":[{\"even\":2,\"valid\":false,\"reason\":\"high-hash\"}]}",
            "{\"toy\":[{\"even\":13,\"valid\":true}]}",
            "{\"toy\":[{\"even\":13,\"valid\":false,\"reason\":\"fault\"}]}",
            "{\"toy\":[{\"even\":\"x\",\"valid\":true}]}",
            "{\"toy\":[]}",
            "{\"toy\":",
            "{\"toy\":[],\"toy\":[{\"even\":2,\"valid\":true}]}",
            GOOD + "x",
            "[".repeat(100_000))) {
      Path file = write("wrong.json", wrong);
      Ran ran = run("light-client", "verify", file.toString());
      assertThat(ran.exit()).as("%.60s", wrong).isEqualTo(8);
      assertThat(ran.err()).contains("mismatch: " + file);
    }
  }

  @Test
  void aFileOfAKnownFamilyThatCannotBeReadIsAMismatchAndOthersAreSkipped() throws IOException {
    write("toy/unknown.bin", "?");
    assertThat(run("light-client", "verify", folder.toString()).exit()).isEqualTo(8);
    Files.delete(folder.resolve("toy/unknown.bin"));
    write("toy/a.json", GOOD);
    write("toy/README.md", "# nothing");
    write("toy/.hidden/b.json", "junk");
    write("other/unknown.bin", "?");
    Ran ran = run("light-client", "verify", folder.toString());
    assertThat(ran.exit()).isZero();
    assertThat(ran.err()).contains("skipped: " + folder.resolve("other/unknown.bin"));
    Path named = folder.resolve("other/unknown.bin");
    assertThat(run("light-client", "verify", named.toString()).exit())
        .as("a file that was asked for is not skipped")
        .isEqualTo(8);
  }

  @Test
  void aPartRunsItsWholeOnceAndIsAMismatchWithoutIt() throws IOException {
    Path part = write("x.part", "?");
    assertThat(run("light-client", "verify", part.toString()).exit()).isEqualTo(8);
    write("whole.json", GOOD);
    write("y.part", "?");
    assertThat(run("light-client", "verify", part.toString()).lines()).hasSize(2);
    assertThat(run("light-client", "verify", folder.toString()).lines()).hasSize(2);
  }

  @Test
  void nothingToVerifyIsNoSuccess() throws IOException {
    assertThat(run("light-client", "verify").exit()).isEqualTo(2);
    assertThat(run("light-client", "verify", folder.toString()).exit()).isEqualTo(3);
    assertThat(run("light-client", "verify", folder.resolve("none").toString()).exit())
        .isEqualTo(3);
  }

  @Test
  void oversizedFilesAreNotReadWhole() throws IOException {
    Path file = folder.resolve("big.json");
    try (var big =
        Files.newByteChannel(
            file,
            java.nio.file.StandardOpenOption.CREATE,
            java.nio.file.StandardOpenOption.WRITE)) {
      big.position(VectorFile.MAX_SIZE);
      big.write(java.nio.ByteBuffer.wrap(new byte[] {1}));
    }
    assertThat(run("light-client", "verify", file.toString()).exit()).isEqualTo(8);
  }
}
