package dev.trestle.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.trestle.adapter.ChainProfile;
import dev.trestle.base.AssetId;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether there is time to pay a transfer, and when it is waited for no more. */
class TransferPartyTest {
  private static final ChainId BITCOIN = ChainId.parse("bip122:000000000019d6689c085ae165831e93");
  private static final long END = 1_700_086_400;
  private static final int BLOCK = 600;

  private static Api.Transfer transfer(String status, long confirmations) {
    return new Api.Transfer(
        "id",
        "route",
        status,
        "from",
        "to",
        "1000",
        "recipient",
        Optional.empty(),
        new Api.Trust("custody", "S3", "who", "how"),
        new Api.Deposit("address", "51", "uri", 144, "51", confirmations, END),
        List.of());
  }

  private static ChainProfile profile(ChainProfile.Finality finality) {
    return new ChainProfile(
        BITCOIN,
        "Bitcoin",
        AssetId.nativeCoin(BITCOIN, 0),
        8,
        BLOCK,
        finality,
        new ChainProfile.Timing(1, 1, 1, 1, 1, 1, false),
        false);
  }

  private static void pay(Api.Transfer transfer, long nowSeconds) {
    TransferParty.requireTime(transfer, profile(new ChainProfile.Finality.ByChain()), nowSeconds);
  }

  private static void refused(String code, Api.Transfer transfer, long nowSeconds) {
    assertThatThrownBy(() -> pay(transfer, nowSeconds))
        .isInstanceOfSatisfying(
            HubException.class, e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }

  /** Six confirmations and the block before them, at half the pace: 14 blocks. */
  @Test
  void nothingIsPaidThatCouldNotBeConfirmedInTime() {
    Api.Transfer transfer = transfer("awaiting_deposit", 6);
    assertThatCode(() -> pay(transfer, END - 14 * BLOCK)).doesNotThrowAnyException();
    refused("too-late-to-deposit", transfer, END - 14 * BLOCK + 1);
    refused("too-late-to-deposit", transfer, END - 1);
    refused("transfer-expired", transfer, END);
  }

  @Test
  void nothingIsPaidForATransferThatIsOver() {
    refused("transfer-expired", transfer("expired", 1), END - 100 * BLOCK);
  }

  /** A gateway that names few confirmations is not believed against the user's own setting. */
  @Test
  void theChainsOwnDepthCountsAsWell() {
    ChainProfile deep = profile(new ChainProfile.Finality.Depth(9));
    long now = END - 20 * BLOCK;
    assertThatCode(() -> TransferParty.requireTime(transfer("awaiting_deposit", 1), deep, now))
        .doesNotThrowAnyException();
    assertThatThrownBy(
            () -> TransferParty.requireTime(transfer("awaiting_deposit", 1), deep, now + 1))
        .isInstanceOf(HubException.class);
    refused("too-late-to-deposit", transfer("awaiting_deposit", 20), now);
  }

  private static final String JSON =
      "{\"id\":\"t1\",\"route\":\"r\",\"status\":\"STATUS\",\"from\":\"a\",\"to\":\"b\","
          + "\"amount\":\"1\",\"recipient\":\"0x1\",\"trust\":{\"model\":\"custody\","
          + "\"securityLevel\":\"S3\",\"whoCouldSteal\":\"who\",\"failureMode\":\"how\"},"
          + "\"deposit\":{\"address\":\"addr\",\"script\":\"51\",\"paymentUri\":\"uri\","
          + "\"refundDelayBlocks\":144,\"refundScript\":\"51\",\"confirmations\":3,"
          + "\"expiresAt\":1700000000},\"steps\":[]}";

  /** Nothing can come any more: the user must know at once, not after a day. */
  @ParameterizedTest
  @CsvSource({
    "expired, transfer-expired",
    "taken_back, transfer-taken-back",
    "deposit_credited, timed-out"
  })
  void whatCannotBeSettledAnyMoreIsNotWaitedFor(String status, String code) throws IOException {
    HttpServer gateway =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    gateway.createContext(
        "/v1/transfers/",
        exchange -> {
          byte[] body = JSON.replace("STATUS", status).getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    gateway.start();
    try {
      HubClient hub =
          new HubClient(URI.create("http://127.0.0.1:" + gateway.getAddress().getPort()));
      assertThatThrownBy(() -> TransferParty.awaitSettled(hub, Hash32.ZERO, Duration.ZERO))
          .isInstanceOfSatisfying(
              HubException.class, e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
    } finally {
      gateway.stop(0);
    }
  }
}
