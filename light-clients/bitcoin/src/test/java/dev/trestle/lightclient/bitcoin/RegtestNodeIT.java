package dev.trestle.lightclient.bitcoin;

import static dev.trestle.lightclient.bitcoin.RegtestNode.quoted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.CustodyRules.Coin;
import dev.trestle.lightclient.CustodyRules.DepositLock;
import dev.trestle.lightclient.CustodyRules.Payout;
import dev.trestle.lightclient.CustodyRules.ReleasePlan;
import dev.trestle.lightclient.bitcoin.script.SigHash;
import dev.trestle.lightclient.bitcoin.script.TapTree;
import dev.trestle.lightclient.bitcoin.script.TaprootOutput;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.TxInput;
import dev.trestle.lightclient.bitcoin.tx.TxOutput;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Deposit, proof, release, refund and reorganisation with real nodes. */
class RegtestNodeIT {
  @TempDir private Path directory;

  private final CustodyFixture committee = new CustodyFixture(4, 3);

  @Test
  void bitcoind() throws Exception {
    try (RegtestNode node = RegtestNode.start("BITCOIND", directory)) {
      new Scenario(node, BitcoinNetworks.BITCOIN_REGTEST).run();
    }
  }

  @Test
  void litecoind() throws Exception {
    try (RegtestNode node =
        RegtestNode.start("LITECOIND", directory, "-vbparams=mweb:-2:0", "-upnp=0")) {
      new Scenario(node, BitcoinNetworks.LITECOIN_REGTEST).run();
    }
  }

  private final class Scenario {
    private final RegtestNode node;
    private final ChainParameters parameters;
    private final TestClient client;
    private final String wallet;

    private Scenario(RegtestNode node, ChainParameters parameters) throws Exception {
      this.node = node;
      this.parameters = parameters;
      this.client = TestClient.atGenesis(parameters);
      this.wallet = node.call("getnewaddress", "\"\"", "\"bech32\"").asString();
    }

    private void run() throws Exception {
      mine(110);
      DepositLock lock =
          committee
              .rules
              .depositLock(parameters.chain(), committee.committee, CustodyFixture.terms("it"))
              .orThrow();
      Hash32 first = pay(lock.script(), 150_000);
      Hash32 second = pay(lock.script(), 90_000);
      mine(6);
      Coin coin = coin(first, lock);
      Coin toRefund = coin(second, lock);
      release(coin);
      refund(toRefund);
      reorganise();
    }

    private void mine(int blocks) throws Exception {
      node.call("generatetoaddress", Integer.toString(blocks), quoted(wallet));
      follow();
    }

    /** Feeds all headers that the client does not have. */
    private void follow() throws Exception {
      List<BlockHeader> headers = new ArrayList<>();
      String hash = node.call("getbestblockhash").asString();
      String genesis = parameters.genesis().id().toReversedHex();
      while (!hash.equals(genesis)
          && new HeaderStore(client.view()).header(Hash32.fromReversedHex(hash)).isEmpty()) {
        String raw = node.call("getblockheader", quoted(hash), "false").asString();
        headers.addFirst(BlockHeader.of(Bytes.fromHex(raw)));
        hash = headers.getFirst().previous().toReversedHex();
      }
      assertThat(client.feed(headers)).isEqualTo("accepted");
      assertThat(client.tip().toReversedHex()).isEqualTo(node.call("getbestblockhash").asString());
    }

    private Hash32 pay(Bytes script, long amount) throws Exception {
      Bytes outputsOnly =
          new BitcoinTransaction(2, List.of(), List.of(new TxOutput(amount, script)), 0)
              .serialize();
      String funded =
          node.call("fundrawtransaction", quoted(outputsOnly), "{}", "false").get("hex").asString();
      String signed =
          node.call("signrawtransactionwithwallet", quoted(funded)).get("hex").asString();
      return Hash32.fromReversedHex(node.call("sendrawtransaction", quoted(signed)).asString());
    }

    private Coin coin(Hash32 txId, DepositLock lock) throws Exception {
      var fact = client.prove(claim(txId)).orThrow();
      assertThat(fact.confirmations()).isEqualTo(6);
      return committee.rules.coinsPaidTo(fact.value(), lock).orThrow().getFirst();
    }

    /** Both ways to a claim give the same one. */
    private Claim claim(Hash32 txId) throws Exception {
      String id = txId.toReversedHex();
      JsonNode transaction = node.call("getrawtransaction", quoted(id), "true");
      String blockHash = transaction.get("blockhash").asString();
      List<Hash32> ids = new ArrayList<>();
      node.call("getblock", quoted(blockHash), "1")
          .get("tx")
          .forEach(each -> ids.add(Hash32.fromReversedHex(each.asString())));
      String coinbaseId = ids.getFirst().toReversedHex();
      Bytes coinbase = Bytes.fromHex(node.call("getrawtransaction", quoted(coinbaseId)).asString());
      TransactionInclusion whole =
          TransactionInclusion.proof(
              Hash32.fromReversedHex(blockHash), ids, ids.indexOf(txId), coinbase);
      String both = "[" + quoted(id) + "," + quoted(coinbaseId) + "]";
      Bytes merkleBlock = Bytes.fromHex(node.call("gettxoutproof", both).asString());
      assertThat(
              MerkleBlock.parse(merkleBlock)
                  .then(block -> TransactionInclusion.proof(block, txId, coinbase))
                  .orThrow())
          .isEqualTo(whole);
      return whole.claim(Bytes.fromHex(transaction.get("hex").asString()));
    }

    private void release(Coin coin) throws Exception {
      Bytes script =
          Bytes.fromHex(node.call("getaddressinfo", quoted(wallet)).get("scriptPubKey").asString());
      Payout payout = new Payout(CustodyFixture.hash("release"), script, Amount.of(100_000));
      ReleasePlan plan =
          committee
              .rules
              .plan(parameters.chain(), committee.committee, List.of(coin), payout, 3)
              .orThrow();
      Bytes signed =
          committee
              .rules
              .assemble(committee.committee, plan, committee.signatures(plan, 0, 2, 3))
              .orThrow();
      Hash32 id =
          Hash32.fromReversedHex(node.call("sendrawtransaction", quoted(signed)).asString());
      mine(1);
      var fact = client.prove(claim(id)).orThrow();
      assertThat(committee.rules.executes(fact.value(), plan)).isTrue();
      Coin change = committee.rules.change(committee.committee, plan).getFirst();
      assertThat(committee.rules.coinsPaidTo(fact.value(), change.lock()).orThrow())
          .containsExactly(change);
    }

    private void refund(Coin coin) throws Exception {
      TaprootCustody.RefundPath path =
          committee.rules.refundPath(committee.committee, CustodyFixture.terms("it")).orThrow();
      TxInput input = TxInput.unsigned(ReleaseTransaction.outPoint(coin), path.sequence());
      TxOutput output = new TxOutput(coin.amount().toLong() - 1_000, CustodyFixture.P2WPKH);
      BitcoinTransaction unsigned = new BitcoinTransaction(2, List.of(input), List.of(output), 0);
      Hash32 digest =
          SigHash.taprootScriptPath(
              unsigned,
              0,
              List.of(new TxOutput(coin.amount().toLong(), coin.lock().script())),
              SigHash.Taproot.DEFAULT,
              TapTree.Leaf.of(path.script()));
      Bytes signature = CustodyFixture.sign(digest, CustodyFixture.DEPOSITOR).bytes();
      List<Bytes> witness =
          TaprootOutput.scriptPathWitness(List.of(signature), path.script(), path.controlBlock());
      Bytes signed = unsigned.withInputs(List.of(input.withWitness(witness))).serialize();
      assertThatThrownBy(() -> node.call("sendrawtransaction", quoted(signed)))
          .hasMessageContaining("non-BIP68-final");
      mine(CustodyFixture.REFUND_DELAY - 7);
      node.call("sendrawtransaction", quoted(signed));
      mine(1);
    }

    private void reorganise() throws Exception {
      String old = node.call("getbestblockhash").asString();
      node.call("invalidateblock", quoted(old));
      String elsewhere = node.call("getnewaddress", "\"\"", "\"bech32\"").asString();
      node.call("generatetoaddress", "2", quoted(elsewhere));
      follow();
      assertThat(client.tip().toReversedHex()).isNotEqualTo(old);
    }
  }
}
