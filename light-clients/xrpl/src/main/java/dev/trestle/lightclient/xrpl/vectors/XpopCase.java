package dev.trestle.lightclient.xrpl.vectors;

import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorJson;
import dev.trestle.lightclient.xrpl.ValidatorList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * One proof of payment with what the file expects of it: a verdict ({@code valid}), or facts
 * ({@code expected}) from which the verdict follows. Each fact is compared; one that differs is a
 * mismatch whatever the verdict.
 */
final class XpopCase {
  private XpopCase() {}

  static VectorCase of(String name, JsonNode node) {
    Optional<JsonNode> facts = VectorJson.optional(node, "expected");
    if (facts.isEmpty() && !node.has("valid")) {
      throw new DecodeException("a case without expectation");
    }
    boolean valid = node.has("valid") ? VectorJson.bool(node, "valid") : follows(facts.get());
    return new VectorCase(
        name, Expected.of(valid), () -> outcome(VectorJson.field(node, "xpop"), facts, valid));
  }

  /** A proof without expectation is one that should hold. */
  static VectorCase bare(JsonNode xpop) {
    return new VectorCase("xpop", Expected.ACCEPT, () -> outcome(xpop, Optional.empty(), true));
  }

  private static boolean follows(JsonNode facts) {
    return said(facts, "proof_root_ok")
        && said(facts, "leaf_in_proof")
        && VectorJson.number(facts, "validations_ok")
            >= ValidatorList.quorum(
                (int) Math.min(VectorJson.number(facts, "unl_size"), ValidatorList.MAX_MEMBERS));
  }

  private static boolean said(JsonNode facts, String name) {
    return !facts.has(name) || VectorJson.bool(facts, name);
  }

  private static Outcome outcome(JsonNode json, Optional<JsonNode> facts, boolean valid) {
    Verdict<Xpop> read = Xpop.read(json);
    if (read instanceof Verdict.Accepted<Xpop>(Xpop xpop) && facts.isPresent()) {
      List<String> wrong = differences(facts.get(), xpop.facts());
      if (!wrong.isEmpty()) {
        return valid
            ? Outcome.rejected(RejectionCode.VALUE_MISMATCH, String.join(", ", wrong))
            : Outcome.ok();
      }
    }
    return Outcome.of(read.then(Xpop::verify));
  }

  private static List<String> differences(JsonNode said, Xpop.Facts facts) {
    List<String> wrong = new ArrayList<>();
    if (said.has("ledger_hash")) {
      Hash32 hash = Xpop.checked(() -> new Hash32(VectorJson.hex(said, "ledger_hash")));
      compare(wrong, "ledger " + facts.ledger(), hash.equals(facts.ledger()));
    }
    truth(wrong, said, "proof_root_ok", facts.proofRoot());
    truth(wrong, said, "leaf_in_proof", facts.leafInProof());
    number(wrong, said, "validations", facts.validations());
    number(wrong, said, "validations_ok", facts.good());
    number(wrong, said, "unl_size", facts.members());
    number(wrong, said, "unl_seq", facts.listSequence());
    return wrong;
  }

  private static void truth(List<String> wrong, JsonNode said, String name, boolean actual) {
    compare(wrong, name + " " + actual, !said.has(name) || VectorJson.bool(said, name) == actual);
  }

  private static void number(List<String> wrong, JsonNode said, String name, long actual) {
    compare(wrong, name + " " + actual, !said.has(name) || VectorJson.number(said, name) == actual);
  }

  private static void compare(List<String> wrong, String what, boolean right) {
    if (!right) {
      wrong.add(what);
    }
  }
}
