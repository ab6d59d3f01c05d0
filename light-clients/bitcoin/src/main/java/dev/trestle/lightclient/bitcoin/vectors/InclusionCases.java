package dev.trestle.lightclient.bitcoin.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.bitcoin.BitcoinNetworks;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import dev.trestle.lightclient.bitcoin.MerkleBlock;
import dev.trestle.lightclient.bitcoin.MerkleBranch;
import dev.trestle.lightclient.bitcoin.TransactionInclusion;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorFile;
import dev.trestle.lightclient.vectors.VectorJson;
import dev.trestle.lightclient.vectors.VectorReading;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** Merkle branches, BIP-37 {@code merkleblock} messages, transactions of 64 bytes (BIP-54). */
final class InclusionCases implements BitcoinVectors.Reader {
  @Override
  public VectorReading read(VectorFile file) {
    if (!file.isJson()) {
      return VectorReading.foreign();
    }
    JsonNode json = file.json();
    JsonNode list = VectorJson.hasFields(json, "cases") ? json.get("cases") : json;
    JsonNode first = VectorJson.first(list).orElse(json);
    if (VectorJson.hasFields(first, "header", "txid", "branch", "tx_count")) {
      return VectorReading.cases(branches(list));
    }
    if (VectorJson.hasFields(first, "merkleblock", "total_tx")) {
      return VectorReading.cases(merkleBlocks(list));
    }
    if (VectorJson.hasFields(first, "header_chain", "valid")) {
      return VectorReading.cases(Bip54Timestamps.of(list));
    }
    boolean sizes = VectorJson.hasFields(first, "tx", "valid") && !first.has("spent_outputs");
    return sizes ? VectorReading.cases(sizes(list)) : VectorReading.foreign();
  }

  private static List<VectorCase> branches(JsonNode list) {
    List<VectorCase> out = new ArrayList<>();
    for (JsonNode each : VectorJson.list(list)) {
      BlockHeader header = Checks.header(each, "header");
      Hash32 txId = Checks.displayed(each, "txid");
      MerkleBranch branch =
          new MerkleBranch(VectorJson.number(each, "index"), hashes(each, "branch"));
      OptionalLong count = OptionalLong.of(VectorJson.number(each, "tx_count"));
      Expected expected =
          VectorJson.bool(each, "valid")
              ? Expected.ACCEPT
              : Expected.reject(VectorJson.text(each, "reason"));
      out.add(
          new VectorCase(
              Checks.name(each, out.size()),
              expected,
              () -> branch(each, header, txId, branch, count)));
    }
    return out;
  }

  private static List<Hash32> hashes(JsonNode each, String name) {
    return VectorJson.list(each, name).stream()
        .map(hash -> Checks.hash(VectorJson.hex(hash)))
        .toList();
  }

  private static Outcome branch(
      JsonNode each, BlockHeader header, Hash32 txId, MerkleBranch branch, OptionalLong count) {
    if (VectorJson.optional(each, "raw_tx").isPresent()) {
      Bytes raw = VectorJson.hex(each, "raw_tx");
      if (raw.size() == TransactionInclusion.INNER_NODE_SIZE) {
        return claimed(header, txId, raw, branch);
      }
      Verdict<BitcoinTransaction> parsed = BitcoinTransaction.parse(raw);
      if (!(parsed instanceof Verdict.Accepted<BitcoinTransaction>(var transaction))) {
        return Outcome.of(parsed);
      }
      if (!transaction.txId().equals(txId)) {
        return Outcome.rejected(RejectionCode.PATH_MISMATCH, "the transaction has another id");
      }
    }
    if (each.has("coinbase_txid")) {
      Verdict<Hash32> coinbase =
          new MerkleBranch(0, hashes(each, "coinbase_branch"))
              .verify(header.merkleRoot(), Checks.displayed(each, "coinbase_txid"), count);
      if (!coinbase.isAccepted()) {
        return Outcome.rejected(RejectionCode.BAD_COINBASE_PROOF, coinbase.toString());
      }
    }
    return Outcome.of(branch.verify(header.merkleRoot(), txId, count));
  }

  /** Through the client, whose rule against inner nodes comes before everything else. */
  private static Outcome claimed(BlockHeader header, Hash32 txId, Bytes raw, MerkleBranch branch) {
    TransactionInclusion proof =
        new TransactionInclusion(header.id(), branch, Bytes.EMPTY, branch.siblings());
    return Outcome.of(
        FollowedChain.at(BitcoinNetworks.BITCOIN_MAINNET, BlockCases.alone(header))
            .prove(new Claim(txId.bytes(), raw, proof.encode())));
  }

  private static List<VectorCase> merkleBlocks(JsonNode list) {
    List<VectorCase> out = new ArrayList<>();
    for (JsonNode each : VectorJson.list(list)) {
      Bytes raw = VectorJson.hex(each, "merkleblock");
      Expected expected =
          VectorJson.optional(each, "valid").isEmpty()
              ? Expected.EITHER
              : Expected.of(VectorJson.bool(each, "valid"));
      out.add(
          new VectorCase(Checks.name(each, out.size()), expected, () -> merkleBlock(each, raw)));
    }
    return out;
  }

  private static Outcome merkleBlock(JsonNode each, Bytes raw) {
    Verdict<MerkleBlock> verdict = MerkleBlock.parse(raw);
    if (!(verdict instanceof Verdict.Accepted<MerkleBlock>(MerkleBlock block))) {
      return Outcome.of(verdict);
    }
    TreeSet<Hash32> stated = new TreeSet<>();
    VectorJson.list(each, "txids")
        .forEach(id -> stated.add(Checks.hash(VectorJson.hex(id).reverse())));
    TreeSet<Hash32> found = new TreeSet<>();
    block.matches().forEach(match -> found.add(match.txId()));
    Checks checks =
        new Checks()
            .same("block", Checks.displayed(each, "block_hash"), block.header().id())
            .same("transactions", VectorJson.number(each, "total_tx"), block.txCount())
            .same("matches", stated, found);
    for (MerkleBlock.Match match : block.matches()) {
      checks.holds(
          "a branch that does not lead to the root",
          match
              .branch()
              .verify(block.header().merkleRoot(), match.txId(), OptionalLong.of(block.txCount()))
              .isAccepted());
    }
    return checks.outcome();
  }

  private static List<VectorCase> sizes(JsonNode list) {
    List<VectorCase> out = new ArrayList<>();
    for (JsonNode each : VectorJson.list(list)) {
      Bytes raw = VectorJson.hex(each, "tx");
      Expected expected =
          VectorJson.bool(each, "valid")
              ? Expected.ACCEPT
              : Expected.reject(RejectionCode.INNER_NODE_AS_TX);
      out.add(new VectorCase(Checks.name(each, out.size()), expected, () -> size(raw)));
    }
    return out;
  }

  /** As a transaction that is claimed to be in a block: with it alone its id is the root. */
  private static Outcome size(Bytes raw) {
    Verdict<BitcoinTransaction> parsed = BitcoinTransaction.parse(raw);
    if (!(parsed instanceof Verdict.Accepted<BitcoinTransaction>(var transaction))) {
      return Outcome.of(parsed);
    }
    TransactionInclusion proof =
        new TransactionInclusion(
            Hash32.ZERO, new MerkleBranch(0, List.of()), Bytes.EMPTY, List.of());
    BlockHeader any = BitcoinNetworks.BITCOIN_MAINNET.genesis();
    Outcome outcome =
        Outcome.of(
            FollowedChain.at(BitcoinNetworks.BITCOIN_MAINNET, BlockCases.alone(any))
                .prove(
                    new Claim(
                        transaction.txId().bytes(),
                        transaction.serializeStripped(),
                        proof.encode())));
    // Nothing is wrong with the transaction when the block is what is missing.
    return outcome.code().equals(RejectionCode.NOT_IN_BEST_CHAIN.code()) ? Outcome.ok() : outcome;
  }
}
