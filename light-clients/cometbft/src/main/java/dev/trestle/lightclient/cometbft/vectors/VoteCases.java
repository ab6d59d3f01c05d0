package dev.trestle.lightclient.cometbft.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.cometbft.CanonicalVote;
import dev.trestle.lightclient.cometbft.json.CometJson;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorJson;
import dev.trestle.proofs.protobuf.ProtoWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * What is signed for votes that are written as in CometBFT's {@code vote_test.go}: no block, at the
 * zero time of Go. Extensions are signed apart.
 */
final class VoteCases {
  private static final Pattern FIELD = Pattern.compile("(\\w+): *([^,]+)");

  private VoteCases() {}

  static List<VectorCase> cases(JsonNode file) {
    List<VectorCase> cases = new ArrayList<>();
    for (JsonNode each : VectorJson.list(file, "cases")) {
      String vote = VectorJson.text(each, "vote");
      cases.add(
          new VectorCase(
              cases.size() + ": " + vote,
              each.has("valid") ? Expected.of(VectorJson.bool(each, "valid")) : Expected.ACCEPT,
              () -> {
                Bytes actual = vote(vote, VectorJson.text(each, "chain_id")).signBytes();
                return Outcome.check(
                    actual.equals(VectorJson.hex(each, "sign_bytes")),
                    VerifyCases.FileVerdict.INVALID,
                    "signed is " + actual.toHex());
              }));
    }
    return cases;
  }

  private static CanonicalVote vote(String text, String chainId) {
    int type = 0;
    long height = 0;
    long round = 0;
    Matcher fields = FIELD.matcher(text);
    while (fields.find()) {
      String value = fields.group(2).strip();
      switch (fields.group(1)) {
        case "Height" -> height = number(value);
        case "Round" -> round = number(value);
        case "Type" -> type = type(value);
        case "Extension" -> {}
        default -> throw new DecodeException("a vote with " + fields.group(1));
      }
    }
    return new CanonicalVote(
        type,
        height,
        round,
        Optional.empty(),
        Instant.ofEpochSecond(ProtoWriter.MIN_SECONDS),
        chainId);
  }

  private static long number(String digits) {
    return CometJson.checked(() -> Long.parseLong(digits));
  }

  private static int type(String name) {
    if (name.endsWith("PrecommitType")) {
      return CanonicalVote.PRECOMMIT;
    }
    if (name.endsWith("PrevoteType")) {
      return CanonicalVote.PREVOTE;
    }
    throw new DecodeException("a vote of type " + name);
  }
}
