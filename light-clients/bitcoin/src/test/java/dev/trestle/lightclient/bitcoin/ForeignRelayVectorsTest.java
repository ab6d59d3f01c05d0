package dev.trestle.lightclient.bitcoin;

import static dev.trestle.lightclient.bitcoin.BitcoinNetworks.BITCOIN_MAINNET;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import java.math.BigInteger;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Header runs of other relays' tests: mainnet with a retarget, real orphans, bad headers. */
class ForeignRelayVectorsTest {
  private static BlockHeader header(JsonNode node) {
    // one upstream entry carries a byte too many
    String hex = node.get("hex").asString().substring(2, 2 + 2 * BlockHeader.SIZE);
    BlockHeader header = BlockHeader.of(Bytes.fromHex(hex));
    assertThat(header.id().toHex()).isEqualTo(node.get("digest_le").asString().substring(2));
    return header;
  }

  private static List<BlockHeader> headers(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false)
        .map(ForeignRelayVectorsTest::header)
        .toList();
  }

  private static TestClient start(JsonNode genesis, BlockHeader periodStart) {
    BlockHeader header = header(genesis);
    return TestClient.atStored(
        BITCOIN_MAINNET,
        new StoredHeader(
            header,
            genesis.get("height").asLong(),
            BigInteger.TEN,
            List.of(header.time()),
            periodStart.time(),
            periodStart.bits(),
            header.bits()));
  }

  @Test
  void retargetAt554400() {
    JsonNode file = Vectors.json("bitcoin/headers/tbtc-headersWithRetarget.json");
    TestClient client = start(file.get("genesis"), header(file.get("oldPeriodStart")));
    List<BlockHeader> chain = headers(file.get("chain"));
    assertThat(client.feed(chain)).isEqualTo("accepted");
    assertThat(client.tip()).isEqualTo(chain.getLast().id());
    assertThat(chain.getFirst().bits()).isNotEqualTo(chain.getLast().bits());
    Vectors.report("headers/tbtc-headersWithRetarget", chain.size() + 2);
  }

  @Test
  void orphanAndRetargetAt437472() {
    JsonNode file = Vectors.json("bitcoin/headers/tbtc-headersReorgAndRetarget.json");
    TestClient client = start(file.get("genesis"), header(file.get("oldPeriodStart")));
    assertThat(client.feed(headers(file.get("preRetargetChain")))).isEqualTo("accepted");
    List<BlockHeader> after = headers(file.get("postRetargetChain"));
    BlockHeader orphan = header(file.get("orphan_437478"));
    int fork = after.stream().map(BlockHeader::id).toList().indexOf(orphan.previous());
    assertThat(client.feed(after.subList(0, fork + 1))).isEqualTo("accepted");
    assertThat(client.feed(List.of(orphan))).isEqualTo("accepted");
    assertThat(client.tip()).as("the orphan came first").isEqualTo(orphan.id());
    assertThat(client.feed(after.subList(fork + 1, fork + 2))).isEqualTo("accepted");
    assertThat(client.tip()).as("a tie changes nothing").isEqualTo(orphan.id());
    assertThat(client.feed(after.subList(fork + 2, after.size()))).isEqualTo("accepted");
    assertThat(client.tip()).isEqualTo(after.getLast().id());
    Vectors.report("headers/tbtc-headersReorgAndRetarget", after.size() + 8);
  }

  @Test
  void orphanAndBadHeaderAfter562621() {
    JsonNode file = Vectors.json("bitcoin/headers/summa-headers-with-orphan-562621.json");
    TestClient client = start(file.get("genesis"), header(file.get("genesis")));
    List<BlockHeader> chain = headers(file.get("chain"));
    assertThat(client.feed(chain)).isEqualTo("accepted");
    assertThat(client.feed(List.of(header(file.get("orphan_562630"))))).isEqualTo("accepted");
    assertThat(client.tip()).isEqualTo(chain.getLast().id());
    assertThat(client.feed(List.of(header(file.get("badHeader"))))).isEqualTo("bad-prev");
    Vectors.report("headers/summa-headers-with-orphan-562621", chain.size() + 3);
  }
}
