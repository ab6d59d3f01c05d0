package dev.trestle.lightclient.fabric.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.fabric.FabricCode;
import dev.trestle.lightclient.fabric.TransactionRules;
import dev.trestle.lightclient.fabric.msp.Identity;
import dev.trestle.lightclient.fabric.msp.Msp;
import dev.trestle.lightclient.fabric.msp.Msps;
import dev.trestle.lightclient.fabric.msp.Role;
import dev.trestle.lightclient.fabric.policy.Signers;
import dev.trestle.lightclient.fabric.protos.Endorsement;
import dev.trestle.lightclient.fabric.protos.ProposalResponse;
import dev.trestle.lightclient.fabric.protos.ProtoFields;
import dev.trestle.lightclient.fabric.protos.SerializedIdentity;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * A view of Weaver: answers to a query, each endorsed by a peer. All must be successful, from peers
 * of the authorities of the file at the time of the view, and no peer may answer twice.
 */
final class ViewCase {
  private static final long UNITS = 1_000_000;
  private static final int MAX_RESPONSES = 64;
  private static final String AUTHORITY_SUFFIX = "_ca";

  /** {@code common.Meta.Protocol.FABRIC}. */
  private static final int FABRIC = 3;

  private final JsonNode json;

  private ViewCase(JsonNode json) {
    this.json = json;
  }

  /** By the protocol of the view; a view that cannot be read is taken for one of ours. */
  static boolean isFabric(JsonNode json) {
    try {
      return ProtoFields.parse(VectorJson.hex(json, "view")).message(1).varint(1) == FABRIC;
    } catch (DecodeException e) {
      return true;
    }
  }

  static VectorCase of(JsonNode json) {
    ViewCase view = new ViewCase(json);
    Bytes encoded = VectorJson.hex(json, "view");
    return new VectorCase("view", Expected.of(valid(json)), () -> view.outcome(encoded));
  }

  private static boolean valid(JsonNode json) {
    if (json.has("valid")) {
      return VectorJson.bool(json, "valid");
    }
    for (JsonNode each : VectorJson.list(json, "expected")) {
      if (!VectorJson.bool(each, "signature_ok")) {
        return false;
      }
    }
    return true;
  }

  private Outcome outcome(Bytes encoded) {
    try {
      ProtoFields view = ProtoFields.parse(encoded);
      ProtoFields meta = view.message(1);
      if (meta.varint(1) != FABRIC) {
        return Outcome.rejected(RejectionCode.WRONG_CHAIN, "a view of another protocol");
      }
      long time = VectorAuthorities.seconds(meta.text(2));
      List<Answer> answers =
          view.message(2).repeated(1, MAX_RESPONSES).stream().map(Answer::decode).toList();
      return answers.isEmpty()
          ? Outcome.rejected(RejectionCode.QUORUM_LOW, "no answer")
          : Outcome.of(verify(answers, time).then(same -> compare(answers)));
    } catch (DecodeException e) {
      return Outcome.rejected(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private record Answer(ProposalResponse response, Endorsement endorsement) {
    private static Answer decode(Bytes encoded) {
      ProtoFields in = ProtoFields.parse(encoded);
      return new Answer(ProposalResponse.decode(in.bytes(1)), Endorsement.decode(in.bytes(2)));
    }

    private String msp() {
      return SerializedIdentity.decode(endorsement.endorser()).msp();
    }
  }

  private Verdict<List<Identity>> verify(List<Answer> answers, long time) {
    for (Answer each : answers) {
      if (each.response().status() != ProposalResponse.OK) {
        return Verdict.reject(FabricCode.RESPONSE_STATUS, "status " + each.response().status());
      }
    }
    return new Signers(new Msps(msps(answers)), time, new Budget(UNITS))
        .all(
            answers.stream()
                .flatMap(
                    each ->
                        TransactionRules.endorsements(
                            each.response().encoded(), List.of(each.endorsement()))
                            .stream())
                .toList())
        .then(
            signers ->
                signers.stream().allMatch(each -> each.roles().contains(Role.PEER))
                    ? Verdict.accept(signers)
                    : Verdict.reject(FabricCode.ENDORSEMENT_POLICY, "not all are peers"));
  }

  /** The file names the authority of {@code Org1MSP} {@code org1_ca}. */
  private List<Msp> msps(List<Answer> answers) {
    Set<String> names = new TreeSet<>();
    answers.forEach(each -> names.add(each.msp()));
    List<Msp> msps = new ArrayList<>();
    for (String name : names) {
      String organisation = name.toLowerCase(Locale.ROOT).replaceAll("msp$", "");
      Optional<JsonNode> authority = VectorJson.optional(json, organisation + AUTHORITY_SUFFIX);
      authority.ifPresent(
          pem -> msps.add(Msp.of(name, List.of(VectorAuthorities.certificate(pem.asString())))));
    }
    return msps;
  }

  private Verdict<List<Answer>> compare(List<Answer> answers) {
    if (!json.has("expected")) {
      return Verdict.accept(answers);
    }
    List<JsonNode> expected = VectorJson.list(json, "expected");
    boolean same = expected.size() == answers.size();
    for (int i = 0; same && i < expected.size(); i++) {
      Answer answer = answers.get(i);
      same =
          VectorJson.text(expected.get(i), "msp").equals(answer.msp())
              && VectorJson.hex(expected.get(i), "payload").equals(answer.response().encoded());
    }
    return same
        ? Verdict.accept(answers)
        : Verdict.reject(RejectionCode.VALUE_MISMATCH, "not what the file says of the view");
  }
}
