package dev.trestle.adapter.ethereum;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checked-in ABI and bytecode is exactly what the checked-in Solidity compiles to. */
class ContractArtifactsIT {
  private static final long COMPILE_SECONDS = 120;

  @Test
  void theArtifactsAreWhatTheSourcesCompileTo(@TempDir Path fresh) throws Exception {
    Path compiler = Tools.fromEnvironment("SOLC_JS");
    Tools.Outcome outcome =
        Tools.run(
            List.of("node", "scripts/compile-contracts.mjs", fresh.toString()),
            Map.of("SOLC_JS", compiler.toString()),
            COMPILE_SECONDS);
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    for (String folder : List.of("src/main/resources/contracts", "src/test/resources/contracts")) {
      Map<String, String> compiled = filesOf(fresh.resolve(folder));
      assertThat(compiled).isNotEmpty();
      assertThat(filesOf(Tools.MODULE.resolve(folder)))
          .as("run scripts/compile-contracts.mjs and check the result in")
          .isEqualTo(compiled);
    }
  }

  private static Map<String, String> filesOf(Path folder) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        contents.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    return contents;
  }
}
