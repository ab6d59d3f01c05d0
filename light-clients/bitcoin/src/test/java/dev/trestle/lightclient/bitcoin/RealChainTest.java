package dev.trestle.lightclient.bitcoin;

import static dev.trestle.lightclient.bitcoin.BitcoinNetworks.BITCOIN_MAINNET;
import static dev.trestle.lightclient.bitcoin.BitcoinNetworks.BITCOIN_REGTEST;
import static dev.trestle.lightclient.bitcoin.BitcoinNetworks.BITCOIN_SIGNET;
import static dev.trestle.lightclient.bitcoin.BitcoinNetworks.BITCOIN_TESTNET4;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.WireReader;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Headers of the real Bitcoin networks. */
class RealChainTest {
  private static BigInteger work(BlockHeader header) {
    return CompactTarget.work(CompactTarget.decode(header.bits()).orElseThrow());
  }

  @Test
  void genesisHashesAreTheKnownOnes() {
    assertThat(BitcoinNetworks.all())
        .extracting(parameters -> parameters.id() + " " + parameters.chain())
        .containsExactly(
            "bitcoin-mainnet bip122:000000000019d6689c085ae165831e93",
            "bitcoin-testnet3 bip122:000000000933ea01ad0ee984209779ba",
            "bitcoin-testnet4 bip122:00000000da84f2bafbbc53dee25a72ae",
            "bitcoin-signet bip122:00000008819873e925422c1ff0f99f7c",
            "bitcoin-regtest bip122:0f9188f13cb7b2c71f2a335e3a4fc328",
            "litecoin-mainnet bip122:12a765e31ffd4059bada1e25190f6e98",
            "litecoin-testnet4 bip122:4966625a4b2851d9fdee139e56211a0d",
            "litecoin-regtest bip122:530827f38f93b43ed12af0b3ad25a288");
    for (ChainParameters parameters : BitcoinNetworks.all()) {
      assertThat(new HeaderRules(parameters).hasProofOfWork(parameters.genesis()))
          .as(parameters.id())
          .isTrue();
    }
  }

  @Test
  void mainnetFromGenesis() {
    List<BlockHeader> headers = Vectors.headerFile("bitcoin/headers/mainnet-000000-010236.bin");
    TestClient client = TestClient.atGenesis(BITCOIN_MAINNET);
    assertThat(client.feed(headers.subList(1, headers.size()))).isEqualTo("accepted");
    assertThat(client.tip()).isEqualTo(headers.getLast().id());
    assertThat(client.work())
        .isEqualTo(
            headers.stream().map(RealChainTest::work).reduce(BigInteger.ZERO, BigInteger::add));
    int kept = ClientSettings.DEFAULT_RETENTION + 1;
    assertThat(client.state).as("older headers are pruned").hasSize(2 * kept + 2);
    assertThat(client.feed(headers.subList(9_000, 9_100))).isEqualTo("nothing-new");
    Vectors.report("headers/mainnet-000000-010236", headers.size());
  }

  @Test
  void mainnetAcrossTheRetargetAt300384() {
    List<BlockHeader> headers = Vectors.headerFile("bitcoin/headers/mainnet-300000-300499.bin");
    TreeMap<Long, BlockHeader> byHeight = new TreeMap<>();
    for (int i = 0; i < headers.size(); i++) {
      byHeight.put(300_000L + i, headers.get(i));
    }
    BigInteger work = BigInteger.ZERO;
    for (JsonNode row : Vectors.json("bitcoin/checkpoints/mainnet-chainwork.json")) {
      if (row.get("height").asLong() == 298_368) {
        BlockHeader first = BlockHeader.of(Vectors.hex(row.get("header")));
        byHeight.put(298_368L, first);
        work =
            new BigInteger(row.get("chainwork").asString(), 16)
                .add(work(first).multiply(BigInteger.valueOf(300_010 - 298_368)));
      }
    }
    AnchorBuilder builder = new AnchorBuilder(BITCOIN_MAINNET, ClientSettings.of(BITCOIN_MAINNET));
    assertThat(byHeight.keySet()).containsAll(builder.heightsNeeded(300_010));
    TestClient client = TestClient.at(BITCOIN_MAINNET, builder.at(300_010, work, byHeight));
    assertThat(client.feed(headers.subList(11, 500))).isEqualTo("accepted");
    assertThat(client.height()).isEqualTo(300_499);
    assertThat(headers.get(384).bits()).isNotEqualTo(headers.get(383).bits());
    Vectors.report("headers/mainnet-300000-300499", headers.size());
  }

  @Test
  void signetFromGenesis() {
    List<BlockHeader> headers = Vectors.headerFile("bitcoin/headers/signet-000000-002015.bin");
    TestClient client = TestClient.atGenesis(BITCOIN_SIGNET);
    assertThat(client.feed(headers.subList(1, headers.size()))).isEqualTo("accepted");
    assertThat(client.tip().toReversedHex())
        .isEqualTo(
            Vectors.json("bitcoin/checkpoints/electrum-signet.json").get(0).get(0).asString());
    Vectors.report("headers/signet-000000-002015", headers.size());
  }

  @Test
  void testnet4StartAndFirstRetarget() {
    JsonNode file = Vectors.json("bitcoin/headers/testnet4-genesis-and-2012-2015.json");
    List<BlockHeader> headers = Vectors.headers(file.get("headers"));
    assertThat(headers.getFirst()).isEqualTo(BITCOIN_TESTNET4.genesis());
    TestClient client = TestClient.atGenesis(BITCOIN_TESTNET4);
    assertThat(client.feed(headers.subList(1, 4))).isEqualTo("accepted");
    for (int i = 5; i < 8; i++) {
      assertThat(headers.get(i).previous()).isEqualTo(headers.get(i - 1).id());
    }
    long span = headers.get(7).time() - headers.getFirst().time();
    assertThat(new DifficultyRule(BITCOIN_TESTNET4.difficulty()).retarget(0x1d00ffffL, span))
        .isEqualTo(Long.parseLong(file.get("bits_at_2016").asString(), 16));
    assertThat(headers.get(7).id().toReversedHex())
        .isEqualTo(
            Vectors.json("bitcoin/checkpoints/electrum-testnet4.json").get(0).get(0).asString());
    Vectors.report("headers/testnet4", headers.size());
  }

  @Test
  void retargetsOfMainnetAndOfBitcoinCoresTests() {
    JsonNode file = Vectors.json("bitcoin/retarget/retarget-mainnet.json");
    DifficultyRule rule = new DifficultyRule(BITCOIN_MAINNET.difficulty());
    for (JsonNode each : file.get("full_header_cases")) {
      BlockHeader first = BlockHeader.of(Vectors.hex(each.get("period_first_header")));
      BlockHeader last = BlockHeader.of(Vectors.hex(each.get("period_last_header")));
      BlockHeader next = BlockHeader.of(Vectors.hex(each.get("next_header")));
      assertThat(last.time() - first.time()).isEqualTo(each.get("actual_timespan").asLong());
      assertThat(rule.retarget(last.bits(), last.time() - first.time())).isEqualTo(next.bits());
    }
    for (JsonNode each : file.get("core_pow_tests")) {
      long bits = Long.parseLong(each.get("last_bits").asString(), 16);
      long span = each.get("last_time").asLong() - each.get("first_time").asLong();
      assertThat(rule.retarget(bits, span))
          .as(each.get("name").asString())
          .isEqualTo(Long.parseLong(each.get("expected").asString(), 16));
    }
    Vectors.report(
        "retarget/retarget-mainnet",
        file.get("full_header_cases").size() + file.get("core_pow_tests").size());
  }

  @Test
  void chainworkOfThreeHundredPeriods() {
    JsonNode rows = Vectors.json("bitcoin/checkpoints/mainnet-chainwork.json");
    BlockHeader before = BITCOIN_MAINNET.genesis();
    BigInteger total = work(before);
    for (JsonNode row : rows) {
      BlockHeader header = BlockHeader.of(Vectors.hex(row.get("header")));
      assertThat(header.id().toReversedHex()).isEqualTo(row.get("hash").asString());
      assertThat(new HeaderRules(BITCOIN_MAINNET).hasProofOfWork(header)).isTrue();
      total = total.add(work(before).multiply(BigInteger.valueOf(2015))).add(work(header));
      assertThat(total)
          .as("height " + row.get("height"))
          .isEqualTo(new BigInteger(row.get("chainwork").asString(), 16));
      before = header;
    }
    Vectors.report("checkpoints/mainnet-chainwork", rows.size());
  }

  @Test
  void electrumCheckpointsOfMainnetAgree() {
    JsonNode rows = Vectors.json("bitcoin/checkpoints/mainnet-chainwork.json");
    JsonNode checkpoints = Vectors.json("bitcoin/checkpoints/electrum-mainnet.json");
    for (int i = 0; i < checkpoints.size(); i++) {
      BigInteger target = checkpoints.get(i).get(1).bigIntegerValue();
      assertThat(CompactTarget.decode(CompactTarget.encode(target))).contains(target);
      BigInteger hash = new BigInteger(checkpoints.get(i).get(0).asString(), 16);
      if (i > 0) {
        assertThat(hash).isLessThanOrEqualTo(checkpoints.get(i - 1).get(1).bigIntegerValue());
      }
      if (i < rows.size()) {
        BlockHeader next = BlockHeader.of(Vectors.hex(rows.get(i).get("header")));
        assertThat(next.previous().toReversedHex()).isEqualTo(checkpoints.get(i).get(0).asString());
        assertThat(CompactTarget.decode(next.bits())).contains(target);
      }
    }
    Vectors.report("checkpoints/electrum-mainnet", checkpoints.size());
  }

  @Test
  void electrumCheckpointsOfTheTestNetworksAreTargetsOfThem() {
    for (String network : List.of("signet", "testnet4")) {
      boolean signet = network.equals("signet");
      BigInteger limit = (signet ? BITCOIN_SIGNET : BITCOIN_TESTNET4).difficulty().powLimit();
      BigInteger target = limit;
      JsonNode checkpoints = Vectors.json("bitcoin/checkpoints/electrum-" + network + ".json");
      for (JsonNode each : checkpoints) {
        BigInteger hash = new BigInteger(each.get(0).asString(), 16);
        // the last block of a testnet4 period may be a minimum-difficulty one
        assertThat(hash).isLessThanOrEqualTo(signet ? target : limit);
        BigInteger next = each.get(1).bigIntegerValue();
        target = next.signum() > 0 ? next : limit;
        assertThat(target).isLessThanOrEqualTo(limit);
        assertThat(CompactTarget.encode(CompactTarget.decode(CompactTarget.encode(target)).get()))
            .isEqualTo(CompactTarget.encode(target));
      }
      Vectors.report("checkpoints/electrum-" + network, checkpoints.size());
    }
  }

  @Test
  void regtestReorganisationOfFullBlocks() {
    JsonNode branches = Vectors.json("bitcoin/headers/floresta-regtest-reorg-blocks.json");
    TestClient client = TestClient.atGenesis(BITCOIN_REGTEST);
    int count = 0;
    for (JsonNode branch : branches) {
      List<BlockHeader> headers = new ArrayList<>();
      for (JsonNode block : branch) {
        Bytes raw = Vectors.hex(block);
        headers.add(BlockHeader.of(raw.slice(0, BlockHeader.SIZE)));
        assertThat(MerkleBranch.root(txIds(raw))).isEqualTo(headers.getLast().merkleRoot());
        count++;
      }
      assertThat(client.feed(headers)).isEqualTo("accepted");
      assertThat(client.tip()).isEqualTo(headers.getLast().id());
    }
    assertThat(client.height()).as("they part after block 5").isEqualTo(5 + branches.get(1).size());
    Vectors.report("headers/floresta-regtest-reorg-blocks", count);
  }

  static List<Hash32> txIds(Bytes block) {
    return transactions(block).stream().map(BitcoinTransaction::txId).toList();
  }

  static List<BitcoinTransaction> transactions(Bytes block) {
    WireReader in = new WireReader(block.slice(BlockHeader.SIZE, block.size()));
    int count = in.compactSize(block.size());
    List<BitcoinTransaction> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      out.add(BitcoinTransaction.read(in));
    }
    assertThat(in.remaining()).isZero();
    return out;
  }
}
