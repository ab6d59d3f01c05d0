package dev.trestle.lightclient.polkadot.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.polkadot.PolkadotCode;
import dev.trestle.lightclient.polkadot.beefy.Commitment;
import dev.trestle.lightclient.polkadot.beefy.Mmr;
import dev.trestle.lightclient.polkadot.beefy.MmrLeaf;
import dev.trestle.lightclient.polkadot.beefy.SampledSignatures;
import dev.trestle.lightclient.polkadot.beefy.ValidatorSet;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorJson;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Commitments with the bitfield of all signers and the signatures of some of them, as they are sent
 * to Snowbridge's contract: decoded from its calls, or in the log of its relayer.
 */
final class BeefyCases {
  private static final int WORD_BITS = 256;

  private BeefyCases() {}

  static List<VectorCase> list(JsonNode json) {
    List<VectorCase> cases = new ArrayList<>();
    for (JsonNode each : VectorJson.list(json)) {
      cases.add(single(cases.size(), each));
    }
    return cases;
  }

  static VectorCase single(int number, JsonNode node) {
    String comment =
        VectorJson.optional(node, "comment").map(text -> ": " + text.asString()).orElse("");
    boolean valid = VectorJson.bool(node, "valid");
    boolean leafValid =
        !valid || !node.has("mmr_leaf_valid") || VectorJson.bool(node, "mmr_leaf_valid");
    return new VectorCase(
        number + comment,
        Expected.of(valid),
        () -> {
          ValidatorSet set = set(VectorJson.field(node, "validator_set"));
          Commitment commitment = commitment(VectorJson.field(node, "commitment"));
          return Outcome.of(
              sameBytes(node, commitment)
                  .then(same -> sampled(node).verify(set, commitment, GrandpaCases.AMPLE))
                  .then(signed -> sameCount(node))
                  .then(counted -> leaf(node, commitment, leafValid)));
        });
  }

  static boolean isLogged(JsonNode parameters) {
    return VectorJson.hasFields(parameters, "commitment", "leaf", "leafProof", "proofs");
  }

  /** The log does not name the set: its length is the next one's, its root what all proofs give. */
  static VectorCase logged(JsonNode json) {
    JsonNode parameters = VectorJson.field(json, "params");
    return new VectorCase(
        "logged commitment",
        Expected.of(!json.has("valid") || VectorJson.bool(json, "valid")),
        () -> {
          Commitment commitment = commitment(VectorJson.field(parameters, "commitment"));
          MmrLeaf leaf = mmrLeaf(VectorJson.field(parameters, "leaf"));
          SampledSignatures signatures = sampled(parameters);
          Outcome hash =
              Outcome.check(
                  !json.has("commitmentHash")
                      || commitment.hash().equals(GrandpaCases.hash(json, "commitmentHash")),
                  RejectionCode.VALUE_MISMATCH,
                  "the hash of the commitment is " + commitment.hash());
          return hash.accepted()
              ? Outcome.of(
                  signatures
                      .impliedRoot(leaf.nextSet().length())
                      .then(
                          root ->
                              signatures.verify(
                                  new ValidatorSet(
                                      commitment.validatorSetId(), leaf.nextSet().length(), root),
                                  commitment,
                                  GrandpaCases.AMPLE))
                      .then(signed -> leaf(parameters, commitment, true)))
              : hash;
        });
  }

  private static Verdict<Commitment> sameBytes(JsonNode node, Commitment commitment) {
    if (node.has("commitment_scale")
        && !commitment.encode().equals(VectorJson.hex(node, "commitment_scale"))) {
      return Verdict.reject(RejectionCode.VALUE_MISMATCH, "SCALE is " + commitment.encode());
    }
    if (node.has("commitment_hash")
        && !commitment.hash().equals(GrandpaCases.hash(node, "commitment_hash"))) {
      return Verdict.reject(RejectionCode.VALUE_MISMATCH, "the hash is " + commitment.hash());
    }
    return Verdict.accept(commitment);
  }

  private static Verdict<Long> sameCount(JsonNode node) {
    long claimed = sampled(node).claimed();
    return node.has("claimed_signers") && VectorJson.number(node, "claimed_signers") != claimed
        ? Verdict.reject(RejectionCode.VALUE_MISMATCH, claimed + " signers are claimed")
        : Verdict.accept(claimed);
  }

  private static Verdict<Boolean> leaf(JsonNode node, Commitment commitment, boolean expected) {
    if (!node.has("leaf")) {
      return Verdict.accept(true);
    }
    Verdict<Hash32> proved = proveLeaf(node, commitment);
    if (!expected) {
      return proved.isAccepted()
          ? Verdict.reject(PolkadotCode.MMR_LEAF, "the leaf is under the root")
          : Verdict.accept(true);
    }
    return proved.then(root -> Verdict.accept(true));
  }

  private static Verdict<Hash32> proveLeaf(JsonNode node, Commitment commitment) {
    MmrLeaf leaf;
    try {
      leaf = mmrLeaf(VectorJson.field(node, "leaf"));
    } catch (DecodeException e) {
      return Verdict.reject(PolkadotCode.MMR_LEAF, String.valueOf(e.getMessage()));
    }
    if (node.has("leaf_scale") && !leaf.encode().equals(VectorJson.hex(node, "leaf_scale"))) {
      return Verdict.reject(RejectionCode.VALUE_MISMATCH, "SCALE is " + leaf.encode().toHex());
    }
    String proof = node.has("leaf_proof") ? "leaf_proof" : "leafProof";
    String order = node.has("leaf_proof_order") ? "leaf_proof_order" : "leafProofOrder";
    BigInteger bits = VectorJson.integer(node, order);
    if (bits.signum() < 0 || bits.bitLength() > Long.SIZE) {
      return Verdict.reject(RejectionCode.INDEX_OUT_OF_RANGE, "order " + bits);
    }
    return commitment
        .mmrRoot()
        .map(
            root ->
                Mmr.fold(leaf.hash(), TreeCases.hashes(node, proof), bits.longValue())
                    .then(folded -> TreeCases.same(folded, root)))
        .orElseGet(() -> Verdict.reject(PolkadotCode.NO_MMR_ROOT, "no root in the payload"));
  }

  static MmrLeaf mmrLeaf(JsonNode node) {
    return mmrLeaf(node, GrandpaCases.hash(node, "parachainHeadsRoot"));
  }

  static MmrLeaf mmrLeaf(JsonNode node, Hash32 parachainHeads) {
    return GrandpaCases.checked(
        () ->
            new MmrLeaf(
                (int) Math.min(VectorJson.number(node, "version"), Integer.MAX_VALUE),
                VectorJson.number(node, "parentNumber"),
                GrandpaCases.hash(node, "parentHash"),
                new ValidatorSet(
                    VectorJson.number(node, "nextAuthoritySetID"),
                    VectorJson.number(node, "nextAuthoritySetLen"),
                    GrandpaCases.hash(node, "nextAuthoritySetRoot")),
                parachainHeads));
  }

  private static ValidatorSet set(JsonNode node) {
    return GrandpaCases.checked(
        () ->
            new ValidatorSet(
                VectorJson.number(node, "id"),
                VectorJson.number(node, "length"),
                GrandpaCases.hash(node, "root")));
  }

  /** Ids of payloads as hex or as two letters. */
  private static Commitment commitment(JsonNode node) {
    List<Commitment.Item> items = new ArrayList<>();
    for (JsonNode each : VectorJson.list(node, "payload")) {
      String id = VectorJson.text(each, "payloadID");
      items.add(
          new Commitment.Item(
              id.startsWith("0x") ? VectorJson.hex(each, "payloadID") : Bytes.utf8(id),
              VectorJson.hex(each, "data")));
    }
    return GrandpaCases.checked(
        () ->
            new Commitment(
                items,
                VectorJson.number(node, "blockNumber"),
                VectorJson.number(node, "validatorSetID")));
  }

  private static SampledSignatures sampled(JsonNode node) {
    List<SampledSignatures.Sample> samples = new ArrayList<>();
    for (JsonNode each : VectorJson.list(node, "proofs")) {
      samples.add(sample(each));
    }
    return new SampledSignatures(bits(VectorJson.list(node, "bitfield")), samples);
  }

  /** Words of 256 bits, the first with the lowest; in decimal, or 256 binary digits. */
  private static BigInteger bits(List<JsonNode> words) {
    BigInteger bits = BigInteger.ZERO;
    for (int i = 0; i < words.size(); i++) {
      String digits = words.get(i).asString();
      boolean binary = digits.matches("[01]{256}");
      if (!binary && !digits.matches("[0-9]{1,78}")) {
        throw new DecodeException("a word of the bitfield is no number: " + digits);
      }
      BigInteger word = new BigInteger(digits, binary ? 2 : 10);
      if (word.bitLength() > WORD_BITS) {
        throw new DecodeException("a word of the bitfield is too large");
      }
      bits = bits.or(word.shiftLeft(WORD_BITS * i));
    }
    return bits;
  }

  private static SampledSignatures.Sample sample(JsonNode node) {
    Bytes rs = Bytes.concat(word(node, "r", "R"), word(node, "s", "S"));
    long v = VectorJson.number(node, either(node, "v", "V"));
    return new SampledSignatures.Sample(
        VectorJson.number(node, either(node, "index", "Index")),
        GrandpaCases.checked(
            () -> new EvmAddress(VectorJson.hex(node, either(node, "account", "Account")))),
        v == 27 || v == 28 ? signature(rs, (int) v - 27) : java.util.Optional.empty(),
        TreeCases.hashes(node, either(node, "proof", "Proof")));
  }

  private static java.util.Optional<EcdsaSignature> signature(Bytes rs, int recoveryId) {
    return EcdsaSignature.normalized(rs, recoveryId);
  }

  private static String either(JsonNode node, String one, String other) {
    return node.has(one) ? one : other;
  }

  /** The log leaves leading zeros out. */
  private static Bytes word(JsonNode node, String one, String other) {
    String digits = VectorJson.text(node, either(node, one, other)).replaceFirst("^0x", "");
    if (!digits.matches("[0-9a-fA-F]{1,64}")) {
      throw new DecodeException("not a word: " + digits);
    }
    return Bytes.fromHex("0".repeat(64 - digits.length()) + digits);
  }
}
