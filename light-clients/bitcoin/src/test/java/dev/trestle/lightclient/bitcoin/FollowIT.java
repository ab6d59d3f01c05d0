package dev.trestle.lightclient.bitcoin;

import static dev.trestle.lightclient.bitcoin.RegtestNode.quoted;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.Claim;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Follows real nodes over a thousand headers and through reorganisations of every depth up to the
 * deepest that the client allows, and holds each header against what the node itself says. One
 * block deeper is refused: the client then disagrees with the node, which shows that the comparison
 * can fail.
 */
class FollowIT {
  private static final int HEADERS = 1_000;
  private static final int MAX_DEPTH = 12;
  private static final int RETENTION = 2 * HEADERS;

  @TempDir private Path directory;

  @Test
  void bitcoind() throws Exception {
    try (RegtestNode node = RegtestNode.start("BITCOIND", directory)) {
      new Follower(node, BitcoinNetworks.BITCOIN_REGTEST).run();
    }
  }

  @Test
  void litecoind() throws Exception {
    try (RegtestNode node =
        RegtestNode.start("LITECOIND", directory, "-vbparams=mweb:-2:0", "-upnp=0")) {
      new Follower(node, BitcoinNetworks.LITECOIN_REGTEST).run();
    }
  }

  private static final class Follower {
    private final RegtestNode node;
    private final ChainParameters parameters;
    private final TestClient client;

    private Follower(RegtestNode node, ChainParameters parameters) {
      this.node = node;
      this.parameters = parameters;
      this.client =
          TestClient.atGenesis(
              parameters,
              new ClientSettings(parameters.id(), MAX_DEPTH, RETENTION, BigInteger.ZERO));
    }

    private void run() throws Exception {
      mine(HEADERS);
      assertThat(feed()).isEqualTo("accepted");
      agreesFrom(0);
      for (int depth = 1; depth <= MAX_DEPTH; depth++) {
        reorganise(depth);
      }
      oneDeeperIsRefused();
    }

    private void reorganise(int depth) throws Exception {
      long fork = height() - depth;
      Hash32 seenFirst = client.tip();
      String abandoned = hash(fork + 1);
      Claim inAbandoned = coinbaseOf(abandoned);
      assertThat(TestClient.code(client.prove(inAbandoned))).isEqualTo("accepted");

      node.call("invalidateblock", quoted(abandoned));
      mine(depth);
      assertThat(feed()).isEqualTo("accepted");
      assertThat(client.tip()).as("equal work: the branch seen first stays").isEqualTo(seenFirst);

      mine(1);
      assertThat(feed()).isEqualTo("accepted");
      agreesFrom(fork);
      assertThat(TestClient.code(client.prove(inAbandoned)))
          .as("a transaction of a branch that was left, depth %d", depth)
          .isEqualTo("not-in-best-chain");
    }

    private void oneDeeperIsRefused() throws Exception {
      Hash32 before = client.tip();
      node.call("invalidateblock", quoted(hash(height() - MAX_DEPTH)));
      mine(MAX_DEPTH + 2);
      assertThat(feed()).isEqualTo("reorg-too-deep");
      assertThat(client.tip()).isEqualTo(before);
      assertThat(best()).isNotEqualTo(before);
    }

    /** Height, hash and time of every header of the best chain, and the work of the tip. */
    private void agreesFrom(long first) throws Exception {
      assertThat(client.tip()).isEqualTo(best());
      assertThat(client.height()).isEqualTo(height());
      HeaderStore store = new HeaderStore(client.view());
      JsonNode header = node.call("getblockheader", id(best()));
      assertThat(client.work()).isEqualTo(new BigInteger(header.get("chainwork").asString(), 16));
      for (long height = client.height(); height > first; height--) {
        assertThat(header.get("height").asLong()).isEqualTo(height);
        assertThat(store.best(height).orElseThrow().toReversedHex())
            .isEqualTo(header.get("hash").asString());
        assertThat(client.client.timestampAt(client.view(), height).orThrow())
            .isEqualTo(header.get("time").asLong());
        String before = header.get("previousblockhash").asString();
        header = node.call("getblockheader", quoted(before));
      }
    }

    /** Feeds all headers of the node's best chain that the client does not have. */
    private String feed() throws Exception {
      List<BlockHeader> headers = new ArrayList<>();
      Hash32 at = best();
      while (!at.equals(parameters.genesis().id())
          && new HeaderStore(client.view()).header(at).isEmpty()) {
        headers.add(
            BlockHeader.of(Bytes.fromHex(node.call("getblockheader", id(at), "false").asString())));
        at = headers.getLast().previous();
      }
      return client.feed(headers.reversed());
    }

    private Claim coinbaseOf(String block) throws Exception {
      List<Hash32> ids = new ArrayList<>();
      node.call("getblock", quoted(block), "1")
          .get("tx")
          .forEach(each -> ids.add(Hash32.fromReversedHex(each.asString())));
      Bytes coinbase =
          Bytes.fromHex(
              node.call(
                      "getrawtransaction",
                      quoted(ids.getFirst().toReversedHex()),
                      "false",
                      quoted(block))
                  .asString());
      return TransactionInclusion.proof(Hash32.fromReversedHex(block), ids, 0, coinbase)
          .claim(coinbase);
    }

    /** To an address of its own, so that no block is made twice. */
    private void mine(int blocks) throws Exception {
      String address = node.call("getnewaddress", "\"\"", "\"bech32\"").asString();
      node.call("generatetoaddress", Integer.toString(blocks), quoted(address));
    }

    private Hash32 best() throws Exception {
      return Hash32.fromReversedHex(node.call("getbestblockhash").asString());
    }

    private long height() throws Exception {
      return node.call("getblockcount").asLong();
    }

    private String hash(long height) throws Exception {
      return node.call("getblockhash", Long.toString(height)).asString();
    }

    private static String id(Hash32 id) {
      return quoted(id.toReversedHex());
    }
  }
}
