package dev.trestle.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.trestle.gateway.TestGateway.Answer;
import dev.trestle.gateway.http.RateLimit;
import dev.trestle.relay.ledger.GatewayLedger;
import dev.trestle.relay.ledger.TransferLimits;
import dev.trestle.sdk.Api;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Transfers that nobody pays, as users of the gateway see them. */
final class OpenTransfersIT {
  private static final String RECIPIENT = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

  private final TestGateway gateway =
      new TestGateway(new GatewayLedger(new TransferLimits(3_600_000, 20, 5)));
  private final SchemaCheck schemas = new SchemaCheck();

  @AfterEach
  void close() {
    gateway.close();
  }

  private Answer open(int number) {
    return gateway.post(
        "/v1/transfers",
        new Api.TransferRequest(
            gateway.ledger.routeId().toHex(), RECIPIENT, "50000", "11".repeat(32)),
        "Idempotency-Key",
        "key " + number);
  }

  private Answer shown(Answer opened) {
    Answer shown = gateway.get("/v1/transfers/" + opened.body().path("id").asString());
    assertThat(schemas.faults(schemas.answer("/v1/transfers/{id}", "get", 200), shown.body()))
        .isEmpty();
    return shown;
  }

  @Test
  void placesAreBoundedAndComeFreeWhenTransfersEnd() {
    Answer first = open(1);
    assertThat(first.status()).isEqualTo(201);
    assertThat(shown(first).body().path("status").asString()).isEqualTo("awaiting_deposit");
    assertThat(first.body().path("deposit").path("confirmations").asLong()).isEqualTo(3);
    long end = first.body().path("deposit").path("expiresAt").asLong();
    for (int number = 2; number <= 5; number++) {
      Answer next = open(number);
      assertThat(next.status()).isEqualTo(201);
      assertThat(next.body().path("deposit").path("expiresAt").asLong())
          .as("number %d: a quarter of the time when half of the places are taken", number)
          .isCloseTo(number > 3 ? end - 2_700 : end, within(10L));
    }
    Answer refused = open(6);
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.body().path("code").asString()).isEqualTo("too-many-open-transfers");

    gateway.ledger.expireTransfers();
    assertThat(shown(first).body().path("status").asString()).isEqualTo("expired");
    assertThat(open(1).body().path("status").asString()).as("the same key").isEqualTo("expired");
    assertThat(gateway.get("/v1/transfers?status=expired").body().path("data")).hasSize(5);
    assertThat(open(6).body().path("status").asString()).isEqualTo("awaiting_deposit");
    assertThat(gateway.get("/v1/transfers?status=awaiting_deposit").body().path("data")).hasSize(1);
  }

  /** The gateway's places are all its users': one address must not take them. */
  @Test
  void anAddressOpensOnlySoManyInAnHour() {
    Answer last = open(1);
    for (int again = 1; again < RateLimit.OPENS_PER_HOUR; again++) {
      last = open(1);
      assertThat(last.status()).isEqualTo(201);
    }
    Answer refused = open(1);
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.body().path("code").asString()).isEqualTo("rate-limited");
    assertThat(shown(last).status()).as("all else goes on").isEqualTo(200);
  }
}
