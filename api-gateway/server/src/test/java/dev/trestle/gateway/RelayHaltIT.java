package dev.trestle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.crypto.EvmAddress;
import dev.trestle.gateway.TestGateway.Answer;
import dev.trestle.gateway.hub.HubNode.Liveness;
import dev.trestle.gateway.hub.HubNode.Stall;
import dev.trestle.gateway.hub.HubNode.ValidatorInfo;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A gateway whose relay chain stands still says so and begins nothing new. */
final class RelayHaltIT {
  private static final long SINCE = 1_701_000_000_000L;

  private final TestGateway gateway = new TestGateway();
  private final SchemaCheck schemas = new SchemaCheck();

  @AfterEach
  void close() {
    gateway.close();
  }

  private static void refused(Answer answer, String code) {
    assertThat(answer.status()).as("%s", answer.body()).isEqualTo(503);
    assertThat(answer.contentType()).isEqualTo("application/problem+json");
    assertThat(answer.body().path("code").asString()).isEqualTo(code);
    assertThat(answer.body().path("type").asString()).isEqualTo("/problems/" + code);
  }

  private List<EvmAddress> halt(Stall.Cause cause) {
    List<EvmAddress> gone =
        gateway.node.validators().stream().limit(2).map(ValidatorInfo::address).toList();
    gateway.node.liveness = new Liveness(Optional.of(new Stall(cause, SINCE)), gone);
    return gone;
  }

  @Test
  void readinessAndStatusSaySinceWhenAndWhoIsOutOfReach() {
    List<EvmAddress> gone = halt(Stall.Cause.NO_BLOCKS);
    Answer status = gateway.get("/v1/relay/status");
    assertThat(status.status()).isEqualTo(200);
    assertThat(schemas.faults(schemas.schema("RelayStatus"), status.body())).isEmpty();
    assertThat(status.body().path("healthy").asBoolean(true)).isFalse();
    assertThat(status.body().path("stalledSinceMillis").asLong()).isEqualTo(SINCE);
    assertThat(status.body().path("unreachable")).hasSize(2);
    assertThat(gateway.get("/v1/status").body().path("relay")).isEqualTo(status.body());
    Answer ready = gateway.get("/readyz");
    refused(ready, "relay-no-quorum");
    assertThat(ready.body().path("detail").asString())
        .contains("2023-11-26T12:00:00Z", "of 4 validators 2", gone.getFirst().toString());
  }

  @Test
  void nothingNewBegins() {
    String quote =
        "{\"kind\":\"swap\",\"from\":\"%s\",\"to\":\"%s\",\"amount\":\"1000\"}"
            .formatted(gateway.homeAsset, gateway.farAsset);
    assertThat(gateway.post("/v1/offers", gateway.offer(1000, gateway.maker)).status())
        .isEqualTo(201);
    assertThat(gateway.post("/v1/quotes", quote).status()).as("before").isEqualTo(201);
    halt(Stall.Cause.NO_BLOCKS);
    refused(gateway.post("/v1/quotes", quote), "relay-no-quorum");
    refused(gateway.post("/v1/offers", gateway.offer(999, gateway.maker)), "relay-no-quorum");
    assertThat(gateway.get("/v1/routes").body().path("data"))
        .isNotEmpty()
        .allSatisfy(route -> assertThat(route.path("available").asBoolean(true)).isFalse());
  }

  @Test
  void aNodeThatStoppedByItselfIsAnotherProblem() {
    halt(Stall.Cause.NODE_STOPPED);
    refused(gateway.get("/readyz"), "node-stopped");
    assertThat(gateway.get("/v1/relay/status").body().path("healthy").asBoolean(true)).isFalse();
  }
}
