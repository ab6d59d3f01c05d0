package dev.trestle.relay.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The peer is really started, driven and ended; its figures are not looked at. */
class CometPeerIT {
  @Test
  void fourNodesTakeTransactionsAndAreGoneAfterwards(@TempDir Path folder) throws Exception {
    String executable = System.getenv("COMETBFT");
    assertThat(executable).as("environment variable COMETBFT").isNotNull();
    BenchOptions options =
        new BenchOptions(
            List.of(CometPeer.ID),
            4,
            Duration.ofSeconds(2),
            Duration.ofSeconds(3),
            1,
            512,
            BenchNetwork.Layout.PROCESSES,
            folder,
            true);
    List<Outcome> ours =
        List.of(new Row("null-ops", "t", 1, "ops/s", true, Optional.empty(), Map.of()));
    List<Outcome> rows =
        new CometPeer(options, line -> {}).measure(Optional.of(Path.of(executable)), ours);
    assertThat(rows.stream().map(Outcome::work))
        .containsExactly(
            "peer-cometbft-default-commit",
            "peer-cometbft-default-sync",
            "peer-cometbft-default-one-client-p50",
            "peer-cometbft-default-ratio-null-ops",
            "peer-cometbft-default-ratio-null-ops-sync",
            "peer-cometbft-commit",
            "peer-cometbft-sync",
            "peer-cometbft-one-client-p50",
            "peer-cometbft-ratio-null-ops",
            "peer-cometbft-ratio-null-ops-sync");
    assertThat(rows).allMatch(row -> row instanceof Row measured && measured.value() > 0);
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }
}
