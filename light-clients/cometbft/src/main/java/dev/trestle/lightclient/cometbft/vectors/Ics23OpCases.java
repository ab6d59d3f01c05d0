package dev.trestle.lightclient.cometbft.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorJson;
import dev.trestle.proofs.ics23.HashOp;
import dev.trestle.proofs.ics23.Ics23Code;
import dev.trestle.proofs.ics23.InnerOp;
import dev.trestle.proofs.ics23.ProofSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/** The upstream cases of single operations, each format known by its fields. */
final class Ics23OpCases {
  private Ics23OpCases() {}

  /** Empty if the file is none of these formats. */
  static List<VectorCase> cases(JsonNode json) {
    List<VectorCase> cases = new ArrayList<>();
    if (json.isArray()) {
      for (JsonNode each : VectorJson.list(json)) {
        if (!VectorJson.hasFields(each, "Op", "Spec", "IsLeft", "IsRight")) {
          return List.of();
        }
        cases.add(new VectorCase("case " + cases.size(), Expected.ACCEPT, () -> empty(each)));
      }
      return cases;
    }
    for (String name : json.propertyNames()) {
      Optional<VectorCase> found = named(name, json.get(name));
      if (found.isEmpty()) {
        return List.of();
      }
      cases.add(found.get());
    }
    return cases;
  }

  private static Optional<VectorCase> named(String name, JsonNode node) {
    if (VectorJson.hasFields(node, "HashOp", "ExpectedHash")) {
      return Optional.of(new VectorCase(name, Expected.ACCEPT, () -> hash(node)));
    }
    if (VectorJson.hasFields(node, "Proof", "Spec", "Err")) {
      boolean good = VectorJson.text(node, "Err").isEmpty();
      return checked(
          name,
          Expected.of(good),
          () ->
              Ics23Json.proof(VectorJson.field(node, "Proof"))
                  .check(Ics23Json.spec(VectorJson.field(node, "Spec")))
                  .then(proof -> Verdict.accept(Bytes.EMPTY)));
    }
    if (!VectorJson.hasFields(node, "IsErr")) {
      return Optional.empty();
    }
    Expected expected = Expected.of(!VectorJson.bool(node, "IsErr"));
    if (VectorJson.hasFields(node, "Leaf", "Spec")) {
      return checked(
          name,
          expected,
          () ->
              Ics23Json.leaf(VectorJson.field(node, "Leaf"))
                  .check(Ics23Json.leafSpec(VectorJson.field(node, "Spec")))
                  .then(leaf -> Verdict.accept(Bytes.EMPTY)));
    }
    if (VectorJson.hasFields(node, "Op", "Key", "Value")) {
      return checked(
          name,
          expected,
          () ->
              Ics23Json.leaf(VectorJson.field(node, "Op"))
                  .apply(Ics23Json.bytes(node, "Key"), Ics23Json.bytes(node, "Value"))
                  .then(actual -> same(node, actual)));
    }
    if (VectorJson.hasFields(node, "Op", "Child")) {
      return checked(
          name,
          expected,
          () ->
              Ics23Json.inner(VectorJson.field(node, "Op"))
                  .apply(Ics23Json.bytes(node, "Child"))
                  .then(actual -> same(node, actual)));
    }
    return VectorJson.hasFields(node, "Proof")
        ? checked(
            name,
            expected,
            () ->
                Ics23Json.proof(VectorJson.field(node, "Proof"))
                    .root()
                    .then(actual -> same(node, actual)))
        : Optional.empty();
  }

  private static Optional<VectorCase> checked(
      String name, Expected expected, Supplier<Verdict<Bytes>> check) {
    return Optional.of(
        new VectorCase(
            name,
            expected,
            () -> {
              try {
                return Outcome.of(check.get());
              } catch (DecodeException e) {
                return Outcome.rejected(Ics23Code.MALFORMED, String.valueOf(e.getMessage()));
              }
            }));
  }

  /** A wrong result of a case that must be accepted is a rejection, and so a mismatch. */
  private static Verdict<Bytes> same(JsonNode node, Bytes actual) {
    return actual.equals(Ics23Json.bytes(node, "Expected"))
        ? Verdict.accept(actual)
        : Verdict.reject(Ics23Code.ROOT_MISMATCH, "the result is " + actual);
  }

  private static Outcome hash(JsonNode node) {
    Bytes data =
        Bytes.utf8(
            Ics23Json.anyCase(node, "Preimage")
                .map(JsonNode::asString)
                .orElseThrow(() -> new DecodeException("no preimage")));
    Optional<Bytes> actual = HashOp.of(VectorJson.number(node, "HashOp")).hash(data);
    return Outcome.check(
        actual.equals(Optional.of(VectorJson.hex(node, "ExpectedHash"))),
        Ics23Code.UNKNOWN_OP,
        "the hash is " + actual);
  }

  private static Outcome empty(JsonNode node) {
    InnerOp op = Ics23Json.inner(VectorJson.field(node, "Op"));
    ProofSpec spec = Ics23Json.spec(VectorJson.field(node, "Spec"));
    boolean left = spec.inner().leftIsEmpty(op);
    boolean right = spec.inner().rightIsEmpty(op);
    boolean fits =
        op.check(spec, 1).isAccepted()
            && left == VectorJson.bool(node, "IsLeft")
            && right == VectorJson.bool(node, "IsRight");
    return Outcome.check(
        fits, Ics23Code.NOT_NEIGHBOURS, "empty on the left " + left + ", on the right " + right);
  }
}
