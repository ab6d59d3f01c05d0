package dev.trestle.lightclient.bitcoin;

import static dev.trestle.lightclient.bitcoin.BitcoinNetworks.LITECOIN_MAINNET;
import static dev.trestle.lightclient.bitcoin.BitcoinNetworks.LITECOIN_REGTEST;
import static dev.trestle.lightclient.bitcoin.BitcoinNetworks.LITECOIN_TESTNET4;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Litecoin: scrypt, its retarget, its test networks, and litecoind's own verdicts. */
class LitecoinVectorsTest {
  @Test
  void scryptOfRealHeaders() {
    JsonNode cases = Vectors.json("litecoin/pow/scrypt-headers.json");
    for (JsonNode each : cases) {
      BlockHeader header = BlockHeader.of(Vectors.hex(each.get("header")));
      assertThat(header.id().toReversedHex()).isEqualTo(each.get("block_id_sha256d").asString());
      assertThat(PowHash.SCRYPT.of(header).toReversedHex())
          .isEqualTo(each.get("pow_hash_scrypt").asString());
      assertThat(new HeaderRules(LITECOIN_MAINNET).hasProofOfWork(header))
          .isEqualTo(each.get("pow_ok").asBoolean());
    }
    Vectors.report("litecoin/pow/scrypt-headers", cases.size());
  }

  @Test
  void everyRetargetOfMainnet() {
    JsonNode file = Vectors.json("litecoin/retarget/mainnet-history.json");
    DifficultyRule rule = new DifficultyRule(LITECOIN_MAINNET.difficulty());
    long time = LITECOIN_MAINNET.genesis().time();
    long bits = LITECOIN_MAINNET.genesis().bits();
    for (JsonNode row : file.get("rows")) {
      long next = Long.parseLong(row.get("next_bits").asString(), 16);
      assertThat(rule.retarget(bits, row.get("last_time").asLong() - time))
          .as("chunk " + row.get("chunk"))
          .isEqualTo(next);
      time = row.get("last_time").asLong();
      bits = next;
    }
    for (JsonNode each : file.get("core_pow_tests")) {
      long span = each.get("last_time").asLong() - each.get("first_time").asLong();
      assertThat(rule.retarget(Long.parseLong(each.get("last_bits").asString(), 16), span))
          .as(each.get("name").asString())
          .isEqualTo(Long.parseLong(each.get("expected").asString(), 16));
    }
    Vectors.report(
        "litecoin/retarget/mainnet-history",
        file.get("rows").size() + file.get("core_pow_tests").size());
  }

  @Test
  void testnet4WithMinimumDifficultyAndForks() {
    String text =
        new String(
            Vectors.file("litecoin/headers/testnet4-1-300-and-forks.hex").toArray(),
            StandardCharsets.US_ASCII);
    List<BlockHeader> main = new ArrayList<>();
    List<BlockHeader> forks = new ArrayList<>();
    for (String line : text.lines().toList()) {
      if (line.startsWith("fork:")) {
        forks.add(BlockHeader.of(Bytes.fromHex(line.substring(5))));
      } else if (!line.isBlank()) {
        main.add(BlockHeader.of(Bytes.fromHex(line)));
      }
    }
    TestClient client = TestClient.atGenesis(LITECOIN_TESTNET4);
    assertThat(main).hasSize(300);
    assertThat(client.feed(main.subList(0, 90))).isEqualTo("accepted");
    for (BlockHeader fork : forks) {
      assertThat(client.feed(List.of(fork))).isEqualTo("accepted");
    }
    assertThat(client.feed(main.subList(90, 300))).isEqualTo("accepted");
    assertThat(client.tip()).isEqualTo(main.getLast().id());
    assertThat(main).anyMatch(header -> header.bits() == 0x1e0fffffL);
    Vectors.report("litecoin/headers/testnet4", main.size() + forks.size());
  }

  @Test
  void regtestChainOfLitecoind() {
    JsonNode rows = Vectors.json("litecoin/regtest/chain.json").get("headers");
    TestClient client = TestClient.atGenesis(LITECOIN_REGTEST);
    for (JsonNode row : rows) {
      BlockHeader header = BlockHeader.of(Vectors.hex(row.get("header")));
      long height = row.get("height").asLong();
      if (height > 0) {
        assertThat(client.feed(List.of(header))).isEqualTo("accepted");
      }
      assertThat(client.tip().toReversedHex()).isEqualTo(row.get("hash").asString());
      assertThat(client.work()).isEqualTo(new BigInteger(row.get("chainwork").asString(), 16));
      assertThat(client.client.medianTimeAt(client.view(), height).orThrow())
          .isEqualTo(row.get("mediantime").asLong());
      assertThat(client.client.timestampAt(client.view(), height).orThrow())
          .isEqualTo(header.time());
    }
    Vectors.report("litecoin/regtest/chain", rows.size());
  }

  @Test
  void verdictsAreThoseOfLitecoind() {
    JsonNode file = Vectors.json("litecoin/regtest/submitheader-oracle.json");
    BlockHeader parent = BlockHeader.of(Vectors.hex(file.get("parent")));
    StoredHeader stored =
        new StoredHeader(
            parent,
            112,
            BigInteger.TEN,
            List.of(file.get("parent_mtp").asLong()),
            parent.time(),
            parent.bits(),
            parent.bits());
    for (JsonNode each : file.get("cases")) {
      JsonNode oracle = each.get("oracle");
      String said = oracle.isString() ? oracle.asString() : oracle.get("error").asString();
      String wanted =
          said.startsWith("bad-version")
              ? "bad-version"
              : said.startsWith("Must submit previous") ? "bad-prev" : said;
      BlockHeader header = BlockHeader.of(Vectors.hex(each.get("header")));
      assertThat(
              TestClient.atStored(LITECOIN_REGTEST, stored)
                  .feed(List.of(header), file.get("now").asLong()))
          .as(each.get("comment").asString())
          .isEqualTo(wanted);
    }
    Vectors.report("litecoin/regtest/submitheader-oracle", file.get("cases").size());
  }
}
