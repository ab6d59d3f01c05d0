package dev.trestle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.gateway.TestGateway.Answer;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.sdk.Api;
import dev.trestle.sdk.HubClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Lists are whole, however long, page by page. */
final class ListsIT {
  private static final int MANY = LedgerView.MAX_PAGE + 101;

  private final TestGateway gateway = new TestGateway();
  private final HubClient client = new HubClient(gateway.uri(""));
  private final SchemaCheck schemas = new SchemaCheck();

  @AfterEach
  void close() {
    gateway.close();
  }

  /** Ids of all pages, each of which holds against its schema. */
  private List<String> all(String path, String query, String key) {
    List<String> ids = new ArrayList<>();
    String cursor = "";
    while (true) {
      Answer answer = gateway.get(path + "?limit=200" + query + cursor);
      assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
      assertThat(schemas.faults(schemas.answer(path, "get", 200), answer.body())).isEmpty();
      assertThat(answer.body().path("data").size()).isLessThanOrEqualTo(200);
      for (JsonNode item : answer.body().path("data")) {
        ids.add(item.path(key).asString());
      }
      JsonNode page = answer.body().path("page");
      if (!page.path("hasMore").asBoolean(true)) {
        return ids;
      }
      cursor = "&cursor=" + page.path("next").asString();
    }
  }

  @Test
  void releasesBehindTheFirstThousandAreListed() {
    gateway.ledger.addReleases(ReleaseRecord.State.SETTLED, MANY);
    gateway.ledger.addReleases(ReleaseRecord.State.QUEUED, 3);
    assertThat(all("/v1/releases", "", "id")).hasSize(MANY + 3).doesNotHaveDuplicates();
    assertThat(all("/v1/releases", "&status=settled", "id")).hasSize(MANY).doesNotHaveDuplicates();
    assertThat(all("/v1/releases", "&status=queued", "id")).hasSize(3);
    assertThat(all("/v1/releases", "&status=nothing", "id")).isEmpty();
    Answer queued = gateway.get("/v1/releases?status=queued&limit=3");
    assertThat(queued.body().path("data")).as("one page, though the oldest").hasSize(3);
    assertThat(queued.body().path("page").path("hasMore").asBoolean(true)).isFalse();
    List<Api.Release> read = client.releases();
    assertThat(read).extracting(Api.Release::id).hasSize(MANY + 3).doesNotHaveDuplicates();
    Answer unknown = gateway.get("/v1/releases?cursor=nope");
    assertThat(unknown.status()).isEqualTo(422);
  }

  @Test
  void proposalsBehindTheNewestFiftyAreListed() {
    gateway.ledger.addProposals(250);
    assertThat(all("/v1/governance/proposals", "", "number"))
        .hasSize(250)
        .startsWith("250", "249")
        .endsWith("2", "1");
    assertThat(all("/v1/governance/proposals", "&state=executed", "number")).isEmpty();
    assertThat(client.proposals()).extracting(Api.Proposal::number).hasSize(250).contains(1L);
    assertThat(client.governance().proposals()).hasSize(50);
  }

  /** A cursor that names a height far above the chain, and one below its lowest block. */
  @Test
  void blocksAreReadFromWhereTheyAre() {
    for (int i = 0; i < 3; i++) {
      gateway.post(
          "/v1/transfers",
          new Api.TransferRequest(
              gateway.ledger.routeId().toHex(),
              "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
              "50000",
              "11".repeat(32)),
          "Idempotency-Key",
          "key " + i);
    }
    long head = gateway.ledger.height();
    String[] heights = {"" + head, "" + (head - 1), "" + (head - 2)};
    assertThat(all("/v1/relay/blocks", "", "height")).containsExactly(heights);
    Answer far =
        org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
            Duration.ofSeconds(10), () -> gateway.get("/v1/relay/blocks?cursor=" + "9".repeat(18)));
    assertThat(far.body().path("data")).hasSize(3);
    assertThat(gateway.get("/v1/relay/blocks?cursor=0").body().path("data")).isEmpty();
    JsonNode last = gateway.get("/v1/relay/blocks?limit=1&cursor=" + (head - 1)).body();
    assertThat(last.path("page").path("hasMore").asBoolean(true)).isFalse();
  }
}
