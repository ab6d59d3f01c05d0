package dev.trestle.relay.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.RelayHeader;
import dev.trestle.relay.consensus.ValidatorSet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the lines of the table say. */
class TableTest {
  private static final Machine MACHINE = new Machine("2 processors", "abc1234");
  private static final RelayBench.Beside NOTHING =
      new RelayBench.Beside(Optional.empty(), Optional.empty());

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  private static RelayBench bench(RelayBench.Beside beside, boolean peers, String... works) {
    return new RelayBench(
        new BenchOptions(
            List.of(works),
            200,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            3,
            512,
            BenchNetwork.Layout.PROCESSES,
            Path.of("unused"),
            peers),
        beside,
        line -> {});
  }

  private static Row row(String work, double value, boolean better, double target) {
    return new Row(work, "title", value, "u", better, Optional.of(target), Map.of("p50Ms", 1.25));
  }

  @Test
  void aTargetIsReachedFromTheRightSide() {
    assertThat(row("w", 10, true, 10).isReached()).isTrue();
    assertThat(row("w", 9.9, true, 10).isReached()).isFalse();
    assertThat(row("w", 10, false, 10).isReached()).isTrue();
    assertThat(row("w", 10.1, false, 10).isReached()).isFalse();
    assertThat(row("w", 10.1, false, 10).text()).contains("MISSED <= 10");
  }

  @Test
  void aRowIsOneObjectWithMachineAndCommit() {
    JsonNode row = json(row("null-ops", 1234.56, true, 8_000).with("version", "0.1").json(MACHINE));
    assertThat(row.path("bench").asString()).isEqualTo("relay");
    assertThat(row.path("work").asString()).isEqualTo("null-ops");
    assertThat(row.path("value").asDouble()).isEqualTo(1_235);
    assertThat(row.path("unit").asString()).isEqualTo("u");
    assertThat(row.path("reached").asBoolean()).isFalse();
    assertThat(row.path("p50Ms").asDouble()).isEqualTo(1.25);
    assertThat(row.path("version").asString()).isEqualTo("0.1");
    assertThat(row.path("machine").asString()).isEqualTo("2 processors");
    assertThat(row.path("commit").asString()).isEqualTo("abc1234");
  }

  @Test
  void whatIsNotMeasuredIsSaidAndItsTargetIsNotReached() {
    List<String> printed = new ArrayList<>();
    assertThat(bench(NOTHING, true, "certificate-gas").run(false, printed::add)).isFalse();
    assertThat(printed).hasSize(3).allMatch(line -> line.contains("NOT MEASURED: ANVIL"));
    printed.clear();
    bench(NOTHING, true, "certificate-gas").run(true, printed::add);
    JsonNode first = json(printed.getFirst());
    assertThat(first.path("work").asString()).isEqualTo("certificate-gas-4");
    assertThat(first.path("measured").asBoolean(true)).isFalse();
    assertThat(first.path("reached").asBoolean(true)).isFalse();
    assertThat(first.has("value")).isFalse();
  }

  @Test
  void aPeerThatIsNotThereIsALineOfTheTable() {
    List<String> printed = new ArrayList<>();
    assertThat(bench(NOTHING, true, "peer-cometbft").run(false, printed::add)).isTrue();
    assertThat(printed).singleElement().asString().contains("NOT MEASURED: COMETBFT");
  }

  @Test
  void aLineThatTheTableDoesNotHaveIsRefused() {
    assertThatThrownBy(() -> bench(NOTHING, true, "nul-ops").run(false, line -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("null-ops");
    assertThatThrownBy(() -> bench(NOTHING, false, "peer-cometbft").run(false, line -> {}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** A contract on paper: it costs what its caller sends, and checks what a contract would. */
  private static final class PaperContract implements CertificateGas {
    private boolean closed;

    @Override
    public Cost verify(
        Hash32 chainId, Bytes header, Bytes certificate, List<EvmAddress> validators) {
      RelayHeader read = RelayHeader.decode(header).orThrow();
      assertThat(read.chainId()).isEqualTo(chainId);
      CommitCertificate valid =
          CommitCertificate.decode(certificate)
              .orThrow()
              .verifyFor(read, ValidatorSet.ofAddresses(validators))
              .orThrow();
      assertThat(valid.signatures().size()).isEqualTo(validators.size() * 2 / 3 + 1);
      return new Cost(validators.size() * 4_000L, header.size(), certificate.size());
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  @Test
  void gasIsOfRealCertificatesByNoMoreThanAQuorum() {
    PaperContract contract = new PaperContract();
    List<Outcome> rows = Gas.measure(Optional.of(() -> contract));
    assertThat(rows.stream().map(Outcome::work))
        .containsExactly("certificate-gas-4", "certificate-gas-21", "certificate-gas-100");
    assertThat(rows.stream().map(Outcome::isReached)).containsExactly(true, true, false);
    JsonNode most = json(rows.getLast().json(MACHINE));
    assertThat(most.path("value").asLong()).isEqualTo(400_000);
    assertThat(most.path("target").asLong()).isEqualTo(395_000);
    assertThat(most.path("unit").asString()).isEqualTo("gas");
    assertThat(most.path("calldataGas").asLong()).isEqualTo(398);
    assertThat(most.path("executionGas").asLong()).isEqualTo(48 + 13 + 67 * 64);
    assertThat(contract.closed).isTrue();
  }

  /** Gas depends on every byte: two runs must measure the same block. */
  @ParameterizedTest
  @ValueSource(ints = {4, 21, 100})
  void theBlockIsTheSameInEveryRun(int n) {
    assertThat(CertifiedBlock.of(n)).isEqualTo(CertifiedBlock.of(n));
  }

  @Test
  void ratiosAreOfOursToThePeers() {
    List<Row> peer =
        List.of(
            row("peer-cometbft-commit", 500, true, 0),
            row("peer-cometbft-sync", 1_000, true, 0),
            row("peer-cometbft-one-client-p50", 30, false, 0));
    List<Outcome> ours =
        List.of(row("null-ops", 8_000, true, 8_000), row("one-client-p50", 2, false, 2.5));
    List<Row> ratios = CometPeer.ratios(CometNetwork.Pace.FAST, peer, ours);
    assertThat(ratios.stream().map(Row::work))
        .containsExactly(
            "peer-cometbft-ratio-null-ops",
            "peer-cometbft-ratio-null-ops-sync",
            "peer-cometbft-ratio-one-client");
    assertThat(ratios.stream().map(Row::value)).containsExactly(16.0, 8.0, 15.0);
    // nothing of ours to compare, or another pace: no ratio is made up
    assertThat(CometPeer.ratios(CometNetwork.Pace.FAST, peer, List.of())).isEmpty();
    assertThat(CometPeer.ratios(CometNetwork.Pace.DEFAULT, peer, ours)).isEmpty();
  }
}
