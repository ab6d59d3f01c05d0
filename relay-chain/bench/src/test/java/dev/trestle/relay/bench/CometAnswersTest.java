package dev.trestle.relay.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Answers as CometBFT 0.38 gives them. */
class CometAnswersTest {
  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  @Test
  void aTransactionInABlockOrInTheMempoolIsTaken() {
    assertThat(
            CometAnswers.sent(
                """
                {"jsonrpc":"2.0","id":1,"result":{"check_tx":{"code":0,"gas_wanted":"1"},
                 "tx_result":{"code":0},"hash":"AB","height":"17"}}"""))
        .isEqualTo(CometAnswers.Sent.TAKEN);
    assertThat(
            CometAnswers.sent(
                """
                {"jsonrpc":"2.0","id":1,"result":{"code":0,"data":"","log":"","hash":"AB"}}"""))
        .isEqualTo(CometAnswers.Sent.TAKEN);
  }

  @Test
  void aFullMempoolIsNoFault() {
    assertThat(
            CometAnswers.sent(
                """
                {"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"Internal error",
                 "data":"mempool is full: number of txs 5000 (max: 5000)"}}"""))
        .isEqualTo(CometAnswers.Sent.FULL);
  }

  /** What is not shown to be done is never counted. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"result\":{\"check_tx\":{\"code\":2},\"tx_result\":{\"code\":0},\"height\":\"0\"}}",
        "{\"result\":{\"check_tx\":{\"code\":0},\"tx_result\":{\"code\":1},\"height\":\"17\"}}",
        "{\"result\":{\"check_tx\":{\"code\":0},\"tx_result\":{\"code\":0},\"height\":\"0\"}}",
        "{\"result\":{\"check_tx\":{\"code\":0},\"tx_result\":{},\"height\":\"17\"}}",
        "{\"result\":{\"code\":1}}",
        "{\"result\":{}}",
        "{\"error\":{\"code\":-32603,\"data\":\"timed out waiting for tx to be included\"}}"
      })
  void whatWasNotDoneIsAFault(String answer) {
    assertThatThrownBy(() -> CometAnswers.sent(answer)).isInstanceOf(BenchException.class);
  }

  @Test
  void noTwoTransactionsAreAlike() {
    JsonNode request = json(CometAnswers.request("broadcast_tx_sync", "a", 3, 45));
    assertThat(request.path("method").asString()).isEqualTo("broadcast_tx_sync");
    byte[] transaction = Base64.getDecoder().decode(request.at("/params/tx").asString());
    assertThat(new String(transaction, StandardCharsets.US_ASCII)).isEqualTo("a-3-45=1");
    assertThat(CometAnswers.request("broadcast_tx_sync", "a", 34, 5))
        .isNotEqualTo(CometAnswers.request("broadcast_tx_sync", "a", 3, 45));
  }

  @Test
  void transactionsAreCountedFromEveryBlockThatWasAskedFor() {
    JsonNode answer =
        json("{\"block_metas\":[{\"num_txs\":\"7\"},{\"num_txs\":\"0\"},{\"num_txs\":\"5\"}]}");
    assertThat(CometAnswers.transactions(answer, 3)).isEqualTo(12);
    assertThatThrownBy(() -> CometAnswers.transactions(answer, 4))
        .isInstanceOf(BenchException.class);
  }

  @Test
  void aStretchIsMeasuredByTheTimesOfItsBlocks() {
    JsonNode block = json("{\"block\":{\"header\":{\"time\":\"2026-01-02T03:04:05.5Z\"}}}");
    assertThat(CometAnswers.time(block)).isEqualTo(Instant.parse("2026-01-02T03:04:05.500Z"));
    assertThat(new CometAnswers.Stretch(900, Duration.ofMillis(1_500)).perSecond()).isEqualTo(600);
    assertThat(new CometAnswers.Stretch(0, Duration.ZERO).perSecond()).isZero();
    assertThat(CometNetwork.height(json("{\"sync_info\":{\"latest_block_height\":\"12\"}}")))
        .isEqualTo(12);
  }
}
