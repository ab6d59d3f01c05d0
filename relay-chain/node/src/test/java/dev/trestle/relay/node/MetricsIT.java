package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MetricsIT {
  private static final Path DASHBOARD = Path.of("../docs/grafana/trestle-node.json");
  private static final Path ALARMS = Path.of("../docs/operating.md");
  private static final Pattern NAME = Pattern.compile("\\b(?:trestle|jvm|process)_[a-z0-9_]+");

  @TempDir Path temp;

  private static HttpResponse<String> get(RelayNode node, String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(
                  URI.create("http://127.0.0.1:" + node.metricsPort().orElseThrow() + path))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  /** Every name in a text. */
  private static Set<String> in(String text) {
    Set<String> names = new TreeSet<>();
    NAME.matcher(text).results().map(MatchResult::group).forEach(names::add);
    return names;
  }

  /** Every name in the expressions of a dashboard. */
  private static Set<String> named(String dashboard) {
    Set<String> names = new TreeSet<>();
    for (JsonNode panel : new JsonMapper().readTree(dashboard).path("panels")) {
      for (JsonNode target : panel.path("targets")) {
        names.addAll(in(target.path("expr").asString("")));
      }
    }
    return names;
  }

  private static Set<String> exported(String text) {
    Set<String> names = new TreeSet<>();
    text.lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split("[{ ]", 2)[0])
        .forEach(names::add);
    return names;
  }

  private static double value(String text, String name) {
    Matcher found =
        Pattern.compile("(?m)^" + Pattern.quote(name) + " ([-+.0-9eEN]+a?N?)$").matcher(text);
    assertThat(found.find()).as(name + " in " + text).isTrue();
    return Double.parseDouble(found.group(1));
  }

  @Test
  void aNodeExportsWhatTheDashboardShows() throws Exception {
    try (DevNet net = new DevNet(temp, 4)) {
      net.operations =
          new NodeConfig.Operations(
              1, Optional.of(new NodeConfig.Endpoint("127.0.0.1", 0)), LogFormat.TEXT);
      List<RelayNode> nodes = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        nodes.add(net.startNew(i));
      }
      RelayNode node = nodes.getFirst();
      for (int i = 0; i < 3; i++) {
        net.send(node, net.transaction("metrics", i));
        net.untilHeight(i + 1, node);
      }
      net.until("three transactions counted", () -> counted(node) == 3);
      HttpResponse<String> answer = get(node, "/metrics");
      assertThat(answer.headers().firstValue("content-type").orElse("")).startsWith("text/plain");
      String text = answer.body();
      Set<String> shown = named(Files.readString(DASHBOARD));
      assertThat(shown).hasSizeGreaterThan(20);
      assertThat(exported(text)).containsAll(shown);
      assertThat(exported(text)).containsAll(in(Files.readString(ALARMS)));
      assertThat(value(text, "trestle_node_height")).isGreaterThanOrEqualTo(3);
      assertThat(value(text, "trestle_node_peers")).isEqualTo(3);
      assertThat(value(text, "trestle_node_validators_missing")).isLessThanOrEqualTo(1);
      assertThat(value(text, "trestle_node_ready")).isEqualTo(1);
      assertThat(value(text, "trestle_node_halted")).isZero();
      assertThat(value(text, "trestle_node_guard_records_total")).isPositive();
      assertThat(value(text, "trestle_node_wal_sync_seconds_count")).isPositive();
      assertThat(value(text, "trestle_node_evidence_total")).isZero();
      assertThat(value(text, "trestle_node_disk_min_free_bytes")).isEqualTo(1 << 20);
      assertThat(value(text, "trestle_node_disk_free_bytes")).isGreaterThan(1 << 20);
      assertThat(get(node, "/").statusCode()).isEqualTo(404);
    }
  }

  private static double counted(RelayNode node) {
    try {
      String text = get(node, "/metrics").body();
      return value(text, "trestle_node_transactions_total{outcome=\"failed\"}");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** The control: a name that no node exports is found. */
  @Test
  void aMetricThatNobodyExportsWouldBeSeen() throws IOException {
    String dashboard =
        Files.readString(DASHBOARD).replace("trestle_node_height{", "trestle_node_heights{");
    assertThat(named(dashboard)).contains("trestle_node_heights");
    try (NodeMetrics metrics = new NodeMetrics()) {
      NodeStatus status =
          new NodeStatus(
              dev.trestle.base.Hash32.ZERO,
              0,
              dev.trestle.base.Hash32.ZERO,
              dev.trestle.base.Hash32.ZERO,
              0,
              List.of(),
              List.of(),
              0,
              false,
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              0,
              Optional.empty(),
              Optional.empty(),
              new NodeStatus.DiskView(0, 0, true),
              1,
              12_500,
              3);
      String text = metrics.scrape(status);
      assertThat(exported(text)).doesNotContain("trestle_node_heights");
      assertThat(value(text, "trestle_node_disk_paused")).isEqualTo(1);
      assertThat(value(text, "trestle_node_height_stalled_seconds")).isEqualTo(12.5);
      assertThat(value(text, "trestle_node_peers_banned")).isEqualTo(3);
      assertThat(value(text, "trestle_node_ready")).isZero();
    }
  }
}
