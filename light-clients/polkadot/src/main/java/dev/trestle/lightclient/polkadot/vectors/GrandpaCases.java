package dev.trestle.lightclient.polkadot.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.polkadot.Header;
import dev.trestle.lightclient.polkadot.PolkadotCode;
import dev.trestle.lightclient.polkadot.grandpa.AuthoritySet;
import dev.trestle.lightclient.polkadot.grandpa.ConsensusLog;
import dev.trestle.lightclient.polkadot.grandpa.Justification;
import dev.trestle.lightclient.polkadot.grandpa.JustificationRules;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Cases of justifications: real ones, generated ones, and a change of authorities. */
final class GrandpaCases {
  static final long AMPLE = 1_000_000_000L;

  private static final Map<String, ReasonCode> REASONS =
      Map.of(
          "below-threshold", RejectionCode.QUORUM_LOW,
          "not-descendant", PolkadotCode.NOT_DESCENDANT,
          "unused-ancestry-header", PolkadotCode.UNUSED_ANCESTRY,
          "duplicate-vote", RejectionCode.DUPLICATE_SIGNER,
          "unknown-authority", RejectionCode.UNKNOWN_SIGNER,
          "signature", RejectionCode.BAD_SIGNATURE,
          "target-mismatch", PolkadotCode.TARGET_MISMATCH,
          "trailing", RejectionCode.TRAILING_BYTES);

  private GrandpaCases() {}

  static List<VectorCase> of(JsonNode json) {
    List<VectorCase> cases = new ArrayList<>();
    for (String part : List.of("real", "cases")) {
      int number = 0;
      for (JsonNode each :
          VectorJson.optional(json, part).map(VectorJson::list).orElse(List.of())) {
        String about =
            VectorJson.optional(each, "comment")
                .or(() -> VectorJson.optional(each, "source"))
                .map(text -> ": " + text.asString())
                .orElse("");
        cases.add(
            new VectorCase(part + " " + number++ + about, expected(each), () -> outcome(each)));
      }
    }
    VectorJson.optional(json, "handover").ifPresent(each -> cases.addAll(handover(each)));
    return cases;
  }

  /** A reason that we do not know still has to be a rejection. */
  private static Expected expected(JsonNode node) {
    if (VectorJson.bool(node, "valid")) {
      return Expected.ACCEPT;
    }
    return VectorJson.optional(node, "reason")
        .flatMap(reason -> Optional.ofNullable(REASONS.get(reason.asString())))
        .map(Expected::reject)
        .orElse(Expected.REJECT);
  }

  private static Outcome outcome(JsonNode node) {
    long setId = VectorJson.number(node, "set_id");
    boolean listed = node.has("authorities");
    AuthoritySet set = set(setId, VectorJson.list(node, listed ? "authorities" : "signers"));
    return Outcome.of(
        verify(
                set,
                VectorJson.hex(node, "justification"),
                hash(node, "target_hash"),
                VectorJson.number(node, "target_number"))
            .then(verified -> sameRound(node, verified)));
  }

  private static Verdict<Justification> sameRound(JsonNode node, Justification verified) {
    return node.has("round") && VectorJson.number(node, "round") != verified.round()
        ? Verdict.reject(RejectionCode.VALUE_MISMATCH, "round " + verified.round())
        : Verdict.accept(verified);
  }

  private static Verdict<Justification> verify(
      AuthoritySet set, Bytes justification, Hash32 target, long number) {
    return Justification.decode(justification)
        .then(
            decoded -> JustificationRules.verify(set, decoded, target, number, new Budget(AMPLE)));
  }

  static Hash32 hash(JsonNode node, String name) {
    return checked(() -> new Hash32(VectorJson.hex(node, name)));
  }

  /** What cannot be in a file is a fault of the file. */
  static <T> T checked(java.util.function.Supplier<T> made) {
    try {
      return made.get();
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new DecodeException(String.valueOf(e.getMessage()));
    }
  }

  /** Keys of weight 1, or objects with a weight. */
  private static AuthoritySet set(long id, List<JsonNode> authorities) {
    return checked(
        () ->
            new AuthoritySet(
                id,
                authorities.stream()
                    .map(
                        each ->
                            each.isString()
                                ? new AuthoritySet.Authority(VectorJson.hex(each), 1)
                                : new AuthoritySet.Authority(
                                    VectorJson.hex(each, "id"), weight(each)))
                    .toList()));
  }

  private static long weight(JsonNode node) {
    return node.has("weight") ? VectorJson.number(node, "weight") : 1;
  }

  private static List<VectorCase> handover(JsonNode node) {
    AuthoritySet before = handoverSet(node, "old_set");
    AuthoritySet after = handoverSet(node, "new_set");
    List<VectorCase> cases = new ArrayList<>();
    String change = "";
    for (String name : node.propertyNames()) {
      if (name.startsWith("header_")) {
        Header header = Header.decode(VectorJson.hex(node, name));
        change = change.isEmpty() && !ConsensusLog.of(header).isEmpty() ? name : change;
      }
    }
    if (change.isEmpty()) {
      throw new DecodeException("a handover without a change");
    }
    Header changing = Header.decode(VectorJson.hex(node, change));
    cases.add(
        new VectorCase(
            "handover: the change names the new set",
            Expected.ACCEPT,
            () -> announces(changing, before, after)));
    for (String name : node.propertyNames()) {
      if (name.startsWith("justification_")) {
        cases.add(handover(node, name, changing.number(), before, after));
      }
    }
    return cases;
  }

  private static VectorCase handover(
      JsonNode node, String name, long changeAt, AuthoritySet before, AuthoritySet after) {
    String number = name.replaceFirst("^justification_([^_]*).*$", "$1");
    Header header = Header.decode(VectorJson.hex(node, "header_" + number));
    AuthoritySet inCharge = header.number() <= changeAt ? before : after;
    return new VectorCase(
        "handover: " + name,
        Expected.of(!name.endsWith("must_fail")),
        () ->
            Outcome.of(
                verify(inCharge, VectorJson.hex(node, name), header.hash(), header.number())));
  }

  private static Outcome announces(Header header, AuthoritySet before, AuthoritySet after) {
    boolean right =
        ConsensusLog.of(header).size() == 1
            && ConsensusLog.of(header).getFirst()
                instanceof ConsensusLog.ScheduledChange(var next, long delay)
            && delay == 0
            && new AuthoritySet(before.id() + 1, next).equals(after);
    return Outcome.check(right, RejectionCode.VALUE_MISMATCH, "the change names another set");
  }

  private static AuthoritySet handoverSet(JsonNode node, String name) {
    JsonNode set = VectorJson.field(node, name);
    return set(VectorJson.number(set, "id"), VectorJson.list(set, "authorities"));
  }
}
