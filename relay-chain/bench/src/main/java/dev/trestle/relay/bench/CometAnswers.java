package dev.trestle.relay.bench;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON-RPC of CometBFT: what its clients write and read. */
final class CometAnswers {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String FULL = "mempool is full";

  private CometAnswers() {}

  /** What became of a transaction that was sent. */
  enum Sent {
    /** It is in a block, or in the mempool if nobody waits for the block. */
    TAKEN,
    /** The mempool takes no more now. */
    FULL
  }

  /** Stretch of a chain. */
  record Stretch(long transactions, Duration length) {
    double perSecond() {
      return transactions * 1e9 / Math.max(1, length.toNanos());
    }
  }

  /**
   * A request with a transaction that no other has: a key and a value of the example application.
   *
   * @param mark of all requests of one load; letters and digits
   */
  static String request(String method, String mark, int client, long number) {
    String transaction = String.format(Locale.ROOT, "%s-%d-%d=1", mark, client, number);
    return String.format(
        Locale.ROOT,
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":{\"tx\":\"%s\"}}",
        method,
        Base64.getEncoder().encodeToString(transaction.getBytes(StandardCharsets.US_ASCII)));
  }

  /**
   * Reads the answer to a transaction.
   *
   * @throws BenchException if it was refused, or not executed as it should be
   */
  static Sent sent(String body) {
    JsonNode answer = JSON.readTree(body);
    if (answer.has("error")) {
      if (answer.path("error").toString().contains(FULL)) {
        return Sent.FULL;
      }
      throw new BenchException("cometbft: " + answer.path("error"));
    }
    JsonNode result = answer.path("result");
    boolean waited = result.has("tx_result");
    boolean taken =
        waited
            ? isZero(result.at("/check_tx/code"))
                && isZero(result.at("/tx_result/code"))
                && result.path("height").asLong() > 0
            : isZero(result.path("code"));
    if (!taken) {
      throw new BenchException("cometbft: " + result);
    }
    return Sent.TAKEN;
  }

  private static boolean isZero(JsonNode code) {
    return code.isNumber() && code.asInt() == 0;
  }

  /** Time of a block in the answer to {@code block}. */
  static Instant time(JsonNode block) {
    return Instant.parse(block.at("/block/header/time").asString());
  }

  /**
   * Transactions of the blocks that an answer to {@code blockchain} lists.
   *
   * @throws BenchException if there are not {@code expected} blocks
   */
  static long transactions(JsonNode blockchain, int expected) {
    JsonNode blocks = blockchain.path("block_metas");
    if (blocks.size() != expected) {
      throw new BenchException(blocks.size() + " blocks instead of " + expected);
    }
    long sum = 0;
    for (JsonNode block : blocks) {
      sum += block.path("num_txs").asLong();
    }
    return sum;
  }
}
