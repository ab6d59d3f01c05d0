package dev.trestle.lightclient.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Synthetic chains under each network's rules, through the light client's public interface. */
class RuleVectorsTest {
  static DifficultyParameters difficulty(JsonNode params) {
    String rule = params.get("rule").asString();
    return new DifficultyParameters(
        new BigInteger(params.get("pow_limit").asString(), 16),
        params.get("retarget_interval").asInt(),
        params.get("target_spacing").asLong(),
        true,
        rule.equals("testnet3") || rule.equals("bip94"),
        rule.equals("bip94"),
        rule.equals("litecoin"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mainnet", "testnet3", "bip94", "litecoin"})
  void everyCaseIsJudgedAsTheVectorSays(String rule) {
    JsonNode file = Vectors.json("bitcoin/rules/" + rule + ".json");
    DifficultyParameters difficulty = difficulty(file.get("params"));
    assertThat(Long.toHexString(difficulty.powLimitBits()))
        .isEqualTo(file.get("params").get("pow_limit_bits").asString());
    for (JsonNode each : file.get("cases")) {
      if (each.get("valid").asBoolean()) {
        accepts(each, difficulty);
      } else {
        rejects(each, difficulty);
      }
    }
    Vectors.report("rules/" + rule, file.get("cases").size());
  }

  private static void accepts(JsonNode each, DifficultyParameters difficulty) {
    List<BlockHeader> headers = Vectors.headers(each.get("headers"));
    TestClient client = TestClient.atGenesis(TestClient.synthetic(headers.getFirst(), difficulty));
    assertThat(client.feed(headers.subList(1, headers.size())))
        .as(each.get("comment").asString())
        .isEqualTo("accepted");
    assertThat(client.height()).isEqualTo(headers.size() - 1);
    if (!each.has("tip_hash")) {
      return;
    }
    assertThat(client.tip().toReversedHex()).isEqualTo(each.get("tip_hash").asString());
    assertThat(client.work().toString(16)).isEqualTo(each.get("chainwork").asString());
    each.get("bits_by_height")
        .properties()
        .forEach(
            entry ->
                assertThat(Long.toHexString(headers.get(Integer.parseInt(entry.getKey())).bits()))
                    .isEqualTo(entry.getValue().asString()));
  }

  private static void rejects(JsonNode each, DifficultyParameters difficulty) {
    String comment = each.get("comment").asString();
    List<BlockHeader> headers = Vectors.headers(each.get("headers"));
    TestClient client = TestClient.atGenesis(TestClient.synthetic(headers.getFirst(), difficulty));
    int rejectAt = each.get("reject_at").asInt();
    long now = each.has("now") ? each.get("now").asLong() : TestClient.FAR_FUTURE;
    assertThat(client.feed(headers.subList(1, rejectAt))).as(comment).isEqualTo("accepted");
    var before = new TreeMap<>(client.state);
    assertThat(client.feed(headers.subList(rejectAt, rejectAt + 1), now))
        .as(comment)
        .isEqualTo(each.get("reason").asString());
    assertThat(client.state).as("a refused update changes nothing").isEqualTo(before);
  }

  /** The control: under wrong parameters the same vectors fail. */
  @ParameterizedTest
  @ValueSource(strings = {"testnet3", "bip94", "litecoin"})
  void underMainnetsRulesTheVectorsOfOtherNetworksFail(String rule) {
    JsonNode file = Vectors.json("bitcoin/rules/" + rule + ".json");
    DifficultyParameters mainnet =
        difficulty(Vectors.json("bitcoin/rules/mainnet.json").get("params"));
    JsonNode valid = file.get("cases").get(0);
    assertThatThrownBy(() -> accepts(valid, mainnet)).isInstanceOf(AssertionError.class);
  }

  @Test
  void theBranchWithMostWorkWinsAndTheFirstSeenWinsTies() {
    JsonNode mainnet = Vectors.json("bitcoin/rules/mainnet.json").get("params");
    JsonNode cases = Vectors.json("bitcoin/rules/fork-choice.json").get("cases");
    for (JsonNode each : cases) {
      List<BlockHeader> common = Vectors.headers(each.get("common"));
      TestClient client =
          TestClient.atGenesis(TestClient.synthetic(common.getFirst(), difficulty(mainnet)));
      assertThat(client.feed(common.subList(1, common.size()))).isEqualTo("accepted");
      for (JsonNode branch : each.get("order")) {
        assertThat(client.feed(Vectors.headers(each.get(branch.asString())))).isEqualTo("accepted");
      }
      String best = each.get("best").asString();
      assertThat(client.tip())
          .as(each.get("comment").asString())
          .isEqualTo(Vectors.headers(each.get(best)).getLast().id());
      assertThat(client.work()).isEqualTo(new BigInteger(each.get("work_" + best).asString(), 16));
    }
    Vectors.report("rules/fork-choice", cases.size());
  }

  @Test
  void compactBitsDecodeAndEncodeAsInBitcoinCore() {
    JsonNode cases = Vectors.json("bitcoin/retarget/compact-bits.json");
    for (JsonNode each : cases) {
      long compact = Long.parseLong(each.get("compact").asString(), 16);
      boolean negative = each.get("negative").asBoolean();
      boolean overflow = each.get("overflow").asBoolean();
      assertThat(CompactTarget.isNegative(compact)).as(each.toString()).isEqualTo(negative);
      assertThat(CompactTarget.overflows(compact)).as(each.toString()).isEqualTo(overflow);
      if (overflow || each.get("target").isNull()) {
        assertThat(CompactTarget.decode(compact)).isEmpty();
        continue;
      }
      BigInteger target = new BigInteger(each.get("target").asString(), 16);
      assertThat(CompactTarget.magnitude(compact)).as(each.toString()).isEqualTo(target);
      assertThat(CompactTarget.decode(compact).isPresent())
          .isEqualTo(!negative && target.signum() > 0);
      if (!each.get("canonical").isNull() && !negative) {
        assertThat(CompactTarget.encode(target))
            .isEqualTo(Long.parseLong(each.get("canonical").asString(), 16));
      }
    }
    Vectors.report("retarget/compact-bits", cases.size());
  }
}
