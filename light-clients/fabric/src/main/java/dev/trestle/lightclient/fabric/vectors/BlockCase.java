package dev.trestle.lightclient.fabric.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.fabric.BlockSigning;
import dev.trestle.lightclient.fabric.FabricCode;
import dev.trestle.lightclient.fabric.TransactionRules;
import dev.trestle.lightclient.fabric.msp.Identity;
import dev.trestle.lightclient.fabric.msp.Msp;
import dev.trestle.lightclient.fabric.msp.Msps;
import dev.trestle.lightclient.fabric.msp.Role;
import dev.trestle.lightclient.fabric.policy.Signers;
import dev.trestle.lightclient.fabric.protos.Block;
import dev.trestle.lightclient.fabric.protos.BlockSignatures;
import dev.trestle.lightclient.fabric.protos.EndorsedAction;
import dev.trestle.lightclient.fabric.protos.Envelope;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorJson;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * A whole block of a real network: at least one orderer signed it, its data are those of the
 * header, and every transaction is valid, sent by a member and endorsed by every endorser that it
 * names. What the file says of the block is compared.
 */
final class BlockCase {
  private static final long UNITS = 10_000_000;

  private final JsonNode json;
  private final Msps orderers;
  private final Msps endorsers;
  private final long time;

  private BlockCase(JsonNode json) {
    this.json = json;
    List<Msp> ordering = VectorAuthorities.msps(VectorJson.field(json, "orderer_ca"));
    this.orderers = new Msps(ordering);
    this.endorsers = new Msps(VectorAuthorities.msps(VectorJson.field(json, "endorser_ca")));
    this.time = VectorAuthorities.seconds(VectorJson.text(json, "verify_time"));
  }

  static VectorCase of(JsonNode json) {
    BlockCase block = new BlockCase(json);
    Bytes encoded = VectorJson.hex(json, "block");
    boolean valid = VectorJson.optional(json, "valid").isEmpty() || VectorJson.bool(json, "valid");
    String name =
        VectorJson.optional(json, "comment")
            .map(text -> "block: " + text.asString())
            .orElse("block");
    return new VectorCase(name, Expected.of(valid), () -> block.outcome(encoded));
  }

  private Outcome outcome(Bytes encoded) {
    try {
      Block block = Block.decode(encoded);
      Verdict<Block> verdict = verify(block);
      if (!verdict.isAccepted()) {
        return Outcome.of(verdict);
      }
      Optional<JsonNode> facts = VectorJson.optional(json, "expected");
      if (facts.isPresent()) {
        List<String> wrong = new BlockFacts(facts.get()).differences(block);
        return Outcome.check(
            wrong.isEmpty(), RejectionCode.VALUE_MISMATCH, String.join(", ", wrong));
      }
      return Outcome.ok();
    } catch (DecodeException e) {
      return Outcome.rejected(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private Verdict<Block> verify(Block block) {
    if (!Block.dataHash(block.data()).equals(block.header().dataRoot())) {
      return Verdict.reject(FabricCode.DATA_HASH, "not the hash of the data");
    }
    BlockSignatures signatures = BlockSignatures.decode(block.signatures());
    Verdict<List<Identity>> signed =
        new Signers(orderers, time, new Budget(UNITS))
            .all(BlockSigning.signedData(block.header(), signatures, new TreeMap<>()));
    return signed.then(
        signers ->
            !signers.isEmpty()
                    && signers.stream().allMatch(each -> each.roles().contains(Role.ORDERER))
                ? transactions(block)
                : Verdict.reject(FabricCode.BLOCK_POLICY, signers.size() + " orderers"));
  }

  private Verdict<Block> transactions(Block block) {
    Bytes codes = block.validationCodes();
    if (codes.size() != block.data().size() || block.data().isEmpty()) {
      return Verdict.reject(FabricCode.VALIDATION_CODE, codes.size() + " codes");
    }
    for (int i = 0; i < codes.size(); i++) {
      if (codes.at(i) != 0) {
        return Verdict.reject(FabricCode.VALIDATION_CODE, "code " + codes.at(i));
      }
    }
    Verdict<Block> verdict = Verdict.accept(block);
    for (Bytes each : block.data()) {
      verdict = verdict.then(same -> transaction(each)).then(checked -> Verdict.accept(block));
    }
    return verdict;
  }

  private Verdict<TransactionRules.Checked> transaction(Bytes encoded) {
    Envelope envelope = Envelope.decode(encoded);
    EndorsedAction action = EndorsedAction.decode(envelope.data());
    int named = action.endorsements().size();
    return TransactionRules.check(
        encoded,
        envelope.channel().channel(),
        action.response().chaincode(),
        endorsing -> named > 0 && endorsing.size() == named,
        new Signers(endorsers, time, new Budget(UNITS)));
  }
}
