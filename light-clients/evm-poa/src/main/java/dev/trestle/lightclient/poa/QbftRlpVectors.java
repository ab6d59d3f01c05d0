package dev.trestle.lightclient.poa;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorJson;
import dev.trestle.proofs.Rlp;
import dev.trestle.proofs.RlpItem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * BftExtraDataRLPTests and MessageRLPTests of Consensys/qbft-tests: an object of named tests, each
 * with an object and its RLP. Both directions are compared.
 */
final class QbftRlpVectors {
  private QbftRlpVectors() {}

  static List<VectorCase> cases(JsonNode json) {
    List<VectorCase> cases = new ArrayList<>();
    for (String name : json.propertyNames()) {
      JsonNode test = json.get(name);
      if (VectorJson.hasFields(test, "qbft_extra_data", "rlp")) {
        cases.add(new VectorCase(name, Expected.ACCEPT, () -> extraData(test)));
      } else if (VectorJson.hasFields(test, "message", "rlp")) {
        cases.add(new VectorCase(name, Expected.ACCEPT, () -> message(test)));
      }
    }
    return cases;
  }

  private static Outcome extraData(JsonNode test) {
    Bytes rlp = VectorJson.hex(test, "rlp");
    JsonNode fields = VectorJson.field(test, "qbft_extra_data");
    BftExtraData.Dialect dialect = BftExtraData.dialectOf(rlp);
    BftExtraData expected =
        new BftExtraData(
            dialect,
            VectorJson.hex(fields, "vanityData"),
            PoaVectors.addresses(fields, "validators"),
            VectorJson.optional(fields, "vote").map(QbftRlpVectors::vote),
            VectorJson.number(fields, "round"),
            VectorJson.list(fields, "seals").stream().map(VectorJson::hex).toList());
    Verdict<BftExtraData> decoded = BftExtraData.decode(rlp, dialect);
    if (!(decoded instanceof Verdict.Accepted<BftExtraData>(BftExtraData actual))) {
      return Outcome.of(decoded);
    }
    return Outcome.check(
        actual.equals(expected) && actual.encode().equals(rlp),
        RejectionCode.VALUE_MISMATCH,
        actual.toString());
  }

  private static Vote vote(JsonNode node) {
    Bytes type = VectorJson.hex(node, "voteType");
    return new Vote(
        PoaVectors.address(VectorJson.hex(node, "recipient")), type.equals(Bytes.fromHex("ff")));
  }

  private static Outcome message(JsonNode test) {
    Bytes rlp = VectorJson.hex(test, "rlp");
    RlpItem expected = wire(VectorJson.field(test, "message"));
    try {
      return Outcome.check(
          Rlp.encode(expected).equals(rlp) && Rlp.decode(rlp).equals(expected),
          RejectionCode.VALUE_MISMATCH,
          "another message");
    } catch (DecodeException e) {
      return Outcome.rejected(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  /**
   * A message as QBFT nodes exchange it (QBFT specification, types.dfy): a signed payload, and for
   * round changes and proposals the blocks and certificates that justify them.
   */
  private static RlpItem wire(JsonNode message) {
    return switch (VectorJson.text(message, "type")) {
      case "prepare" -> prepare(message);
      case "commit" -> {
        JsonNode payload = VectorJson.field(message, "unsignedCommit");
        yield signed(
            RlpItem.of(
                number(payload, "sequence"),
                number(payload, "round"),
                bytes(payload, "digest"),
                bytes(payload, "commitSeal")),
            message);
      }
      case "roundChange" ->
          RlpItem.of(
              roundChange(VectorJson.field(message, "signedRoundChange")),
              VectorJson.optional(message, "block")
                  .map(block -> Rlp.decode(VectorJson.hex(block)))
                  .orElse(RlpItem.of()),
              prepares(message));
      case "proposal" ->
          RlpItem.of(
              proposal(VectorJson.field(message, "signedProposal")),
              RlpItem.of(
                  RlpItem.of(
                      VectorJson.list(message, "roundChanges").stream()
                          .map(QbftRlpVectors::roundChange)
                          .toList()),
                  prepares(message)));
      default -> throw new DecodeException("no such type of message");
    };
  }

  private static RlpItem prepares(JsonNode message) {
    return RlpItem.of(
        VectorJson.list(message, "prepares").stream().map(QbftRlpVectors::prepare).toList());
  }

  private static RlpItem prepare(JsonNode node) {
    JsonNode payload = VectorJson.field(node, "unsignedPrepare");
    return signed(
        RlpItem.of(number(payload, "sequence"), number(payload, "round"), bytes(payload, "digest")),
        node);
  }

  private static RlpItem roundChange(JsonNode node) {
    JsonNode payload = VectorJson.field(node, "unsignedRoundChange");
    Optional<RlpItem> prepared =
        VectorJson.optional(payload, "preparedValue")
            .map(
                value ->
                    RlpItem.of(
                        number(payload, "preparedRound"), RlpItem.of(VectorJson.hex(value))));
    return signed(
        RlpItem.of(
            number(payload, "sequence"), number(payload, "round"), prepared.orElse(RlpItem.of())),
        node);
  }

  private static RlpItem proposal(JsonNode node) {
    JsonNode payload = VectorJson.field(node, "unsignedProposal");
    return signed(
        RlpItem.of(
            number(payload, "sequence"),
            number(payload, "round"),
            Rlp.decode(VectorJson.hex(payload, "block"))),
        node);
  }

  private static RlpItem signed(RlpItem payload, JsonNode node) {
    return RlpItem.of(payload, bytes(node, "signature"));
  }

  private static RlpItem number(JsonNode node, String name) {
    return RlpItem.of(VectorJson.number(node, name));
  }

  private static RlpItem bytes(JsonNode node, String name) {
    return RlpItem.of(VectorJson.hex(node, name));
  }
}
