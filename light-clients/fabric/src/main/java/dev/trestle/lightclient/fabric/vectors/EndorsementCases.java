package dev.trestle.lightclient.fabric.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.fabric.BlockSigning;
import dev.trestle.lightclient.fabric.FabricCode;
import dev.trestle.lightclient.fabric.TransactionRules;
import dev.trestle.lightclient.fabric.msp.Msps;
import dev.trestle.lightclient.fabric.policy.SignaturePolicy;
import dev.trestle.lightclient.fabric.policy.Signers;
import dev.trestle.lightclient.fabric.protos.Block;
import dev.trestle.lightclient.fabric.protos.BlockSignatures;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * Transactions of blocks under one set of authorities, each with its endorsement policy. The block
 * must follow the trusted one, its orderers must meet their policy, and the transaction must be
 * marked valid and endorsed as its policy says.
 */
final class EndorsementCases {
  private static final long UNITS = 10_000_000;

  private final Msps msps;
  private final long time;
  private final SignaturePolicy orderers;
  private final Optional<Bytes> previous;

  private EndorsementCases(JsonNode json) {
    this.msps = new Msps(VectorAuthorities.msps(VectorJson.field(json, "ca")));
    this.time = VectorAuthorities.seconds(VectorJson.text(json, "verify_time"));
    this.orderers = JsonPolicy.read(VectorJson.field(json, "orderer_policy"));
    this.previous = VectorJson.optional(json, "trusted_previous_hash").map(VectorJson::hex);
  }

  static List<VectorCase> of(JsonNode json) {
    EndorsementCases file = new EndorsementCases(json);
    List<VectorCase> cases = new ArrayList<>();
    for (JsonNode each : VectorJson.list(json, "cases")) {
      String comment =
          VectorJson.optional(each, "comment").map(text -> ": " + text.asString()).orElse("");
      Bytes block = VectorJson.hex(each, "block");
      SignaturePolicy policy = JsonPolicy.read(VectorJson.field(each, "policy"));
      int index = (int) Math.min(VectorJson.number(each, "tx_index"), Block.MAX_TRANSACTIONS);
      Wanted wanted =
          new Wanted(
              index,
              VectorJson.digits(each, "tx_id"),
              VectorJson.text(each, "channel"),
              VectorJson.text(each, "chaincode"),
              policy);
      cases.add(
          new VectorCase(
              cases.size() + comment,
              Expected.of(VectorJson.bool(each, "valid")),
              () -> file.outcome(block, wanted)));
    }
    return cases;
  }

  private record Wanted(
      int index, String transactionId, String channel, String chaincode, SignaturePolicy policy) {}

  private Outcome outcome(Bytes encoded, Wanted wanted) {
    try {
      Block block = Block.decode(encoded);
      return Outcome.of(ordered(block).then(same -> transaction(same, wanted)));
    } catch (DecodeException e) {
      return Outcome.rejected(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private Verdict<Block> ordered(Block block) {
    if (previous.filter(hash -> !hash.equals(block.header().previousHash())).isPresent()) {
      return Verdict.reject(RejectionCode.BAD_PREV, "does not follow the trusted block");
    }
    if (!Block.dataHash(block.data()).equals(block.header().dataRoot())) {
      return Verdict.reject(FabricCode.DATA_HASH, "not the hash of the data");
    }
    BlockSignatures signatures = BlockSignatures.decode(block.signatures());
    return new Signers(msps, time, new Budget(UNITS))
        .valid(BlockSigning.signedData(block.header(), signatures, new TreeMap<>()))
        .then(
            signers ->
                orderers.isMetBy(signers)
                    ? Verdict.accept(block)
                    : Verdict.reject(FabricCode.BLOCK_POLICY, signers.size() + " orderers"));
  }

  private Verdict<TransactionRules.Checked> transaction(Block block, Wanted wanted) {
    Bytes codes = block.validationCodes();
    if (wanted.index() >= block.data().size()) {
      return Verdict.reject(RejectionCode.INDEX_OUT_OF_RANGE, "transaction " + wanted.index());
    }
    if (codes.size() != block.data().size() || codes.at(wanted.index()) != 0) {
      return Verdict.reject(FabricCode.VALIDATION_CODE, "marked " + codes);
    }
    return TransactionRules.check(
            block.data().get(wanted.index()),
            wanted.channel(),
            wanted.chaincode(),
            wanted.policy()::isMetBy,
            new Signers(msps, time, new Budget(UNITS)))
        .then(
            checked ->
                checked.envelope().channel().transactionId().equals(wanted.transactionId())
                    ? Verdict.accept(checked)
                    : Verdict.reject(FabricCode.TRANSACTION_ID, "another transaction"));
  }
}
