package dev.trestle.lightclient.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Merkle branches and transactions of real blocks, and what must not pass for them. */
class InclusionVectorsTest {
  private static List<Hash32> hashes(JsonNode list) {
    List<Hash32> out = new ArrayList<>();
    list.forEach(each -> out.add(new Hash32(Vectors.hex(each))));
    return out;
  }

  @Test
  void merkleProofsOfRealBlocks() {
    JsonNode cases = Vectors.json("bitcoin/spv/merkle-proofs.json").get("cases");
    for (JsonNode each : cases) {
      String wanted = each.get("valid").asBoolean() ? "accepted" : each.get("reason").asString();
      assertThat(judge(each)).as(each.get("comment").asString()).isEqualTo(wanted);
    }
    Vectors.report("spv/merkle-proofs", cases.size());
  }

  private static String judge(JsonNode each) {
    BlockHeader header = BlockHeader.of(Vectors.hex(each.get("header")));
    Hash32 txId = Hash32.fromReversedHex(each.get("txid").asString());
    if (each.hasNonNull("raw_tx")) {
      Bytes raw = Vectors.hex(each.get("raw_tx"));
      if (raw.size() == TransactionInclusion.INNER_NODE_SIZE) {
        return claimCode(each, header, raw);
      }
      assertThat(BitcoinTransaction.parse(raw).orThrow().txId()).isEqualTo(txId);
    }
    MerkleBranch branch = new MerkleBranch(each.get("index").asLong(), hashes(each.get("branch")));
    OptionalLong count = OptionalLong.of(each.get("tx_count").asLong());
    if (each.has("coinbase_txid")) {
      Verdict<Hash32> coinbase =
          new MerkleBranch(0, hashes(each.get("coinbase_branch")))
              .verify(
                  header.merkleRoot(),
                  Hash32.fromReversedHex(each.get("coinbase_txid").asString()),
                  count);
      assertThat(coinbase.isAccepted()).isTrue();
    }
    return TestClient.code(branch.verify(header.merkleRoot(), txId, count));
  }

  private static String claimCode(JsonNode each, BlockHeader header, Bytes raw) {
    Hash32 txId = Hash32.fromReversedHex(each.get("txid").asString());
    TransactionInclusion proof =
        new TransactionInclusion(
            header.id(),
            new MerkleBranch(each.get("index").asLong(), hashes(each.get("branch"))),
            Bytes.EMPTY,
            hashes(each.get("branch")));
    Claim claim = new Claim(txId.bytes(), raw, proof.encode());
    return TestClient.code(
        TransactionInclusion.verify(claim, id -> Optional.empty(), new Budget(100_000)));
  }

  @Test
  void sixtyFourByteTransactionsOfBip54() {
    JsonNode cases = Vectors.json("bitcoin/bip54/txsize.json");
    for (JsonNode each : cases) {
      Bytes raw = Vectors.hex(each.get("tx"));
      Verdict<BitcoinTransaction> parsed = BitcoinTransaction.parse(raw);
      assertThat(parsed.isAccepted()).as(each.get("comment").asString()).isTrue();
      BitcoinTransaction transaction = parsed.orThrow();
      assertThat(transaction.serialize()).isEqualTo(raw);
      TransactionInclusion proof =
          new TransactionInclusion(
              Hash32.ZERO, new MerkleBranch(0, List.of()), Bytes.EMPTY, List.of());
      String code =
          TestClient.code(
              TransactionInclusion.verify(
                  new Claim(
                      transaction.txId().bytes(), transaction.serializeStripped(), proof.encode()),
                  id -> Optional.empty(),
                  new Budget(100_000)));
      assertThat(code)
          .as(each.get("comment").asString())
          .isEqualTo(each.get("valid").asBoolean() ? "not-in-best-chain" : "inner-node-as-tx");
    }
    Vectors.report("bip54/txsize", cases.size());
  }

  @Test
  void everyTransactionOfBlock169482IsProvedThroughTheClient() {
    Bytes raw = Vectors.file("bitcoin/blocks/mainnet-169482.dat");
    BlockHeader header = BlockHeader.of(raw.slice(0, BlockHeader.SIZE));
    List<BitcoinTransaction> transactions = RealChainTest.transactions(raw);
    List<Hash32> ids = transactions.stream().map(BitcoinTransaction::txId).toList();
    assertThat(MerkleBranch.root(ids)).isEqualTo(header.merkleRoot());
    TestClient client = clientAt(header, 169_482);
    Bytes coinbase = transactions.getFirst().serialize();
    for (int i = 0; i < ids.size(); i++) {
      TransactionInclusion proof = TransactionInclusion.proof(header.id(), ids, i, coinbase);
      Claim claim = proof.claim(transactions.get(i).serialize());
      assertThat(TransactionInclusion.decode(claim.proof())).isEqualTo(proof);
      var fact = client.prove(claim).orThrow();
      assertThat(fact.block().id()).isEqualTo(header.id());
      assertThat(fact.confirmations()).isEqualTo(1);
      assertThat(fact.value()).isEqualTo(transactions.get(i).serializeStripped());
    }
    Vectors.report("blocks/mainnet-169482", ids.size());
  }

  static TestClient clientAt(BlockHeader header, long height) {
    return TestClient.atStored(
        BitcoinNetworks.BITCOIN_MAINNET,
        new StoredHeader(
            header,
            height,
            BigInteger.TEN,
            List.of(header.time()),
            header.time(),
            header.bits(),
            header.bits()));
  }

  @Test
  void merkleblocksAreReadAsLitecoindReadsThem() {
    JsonNode cases = Vectors.json("litecoin/regtest/merkleblocks.json");
    for (JsonNode each : cases) {
      Verdict<MerkleBlock> verdict = MerkleBlock.parse(Vectors.hex(each.get("merkleblock")));
      boolean wanted = each.get("valid").asBoolean(false);
      assertThat(verdict.isAccepted()).as(each.get("comment").asString()).isEqualTo(wanted);
      if (!wanted) {
        continue;
      }
      MerkleBlock block = verdict.orThrow();
      assertThat(block.header().id().toReversedHex()).isEqualTo(each.get("block_hash").asString());
      List<String> ids =
          block.matches().stream().map(match -> match.txId().toReversedHex()).toList();
      List<String> expected = new ArrayList<>();
      each.get("txids").forEach(id -> expected.add(id.asString()));
      assertThat(ids).containsExactlyInAnyOrderElementsOf(expected);
      for (MerkleBlock.Match match : block.matches()) {
        assertThat(
                match
                    .branch()
                    .verify(
                        block.header().merkleRoot(), match.txId(), OptionalLong.of(block.txCount()))
                    .isAccepted())
            .isTrue();
      }
    }
    Vectors.report("litecoin/regtest/merkleblocks", cases.size());
  }
}
