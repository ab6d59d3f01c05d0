package dev.trestle.lightclient.cometbft.vectors;

import dev.trestle.base.Verdict;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.cometbft.SignedHeader;
import dev.trestle.lightclient.cometbft.TrustOptions;
import dev.trestle.lightclient.cometbft.ValidatorSet;
import dev.trestle.lightclient.cometbft.json.CometJson;
import dev.trestle.lightclient.cometbft.json.LightBlock;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorJson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A model-based file: blocks verified one after the other, where trust moves on success only. The
 * files know no verdict of its own for an expired trusted header.
 */
final class StepReplay {
  private final TrustOptions options;
  private final List<JsonNode> inputs;
  private final List<Outcome> outcomes = new ArrayList<>();
  private LightBlock trusted;

  private StepReplay(TrustOptions options, LightBlock trusted, List<JsonNode> inputs) {
    this.options = options;
    this.trusted = trusted;
    this.inputs = inputs;
  }

  static List<VectorCase> cases(JsonNode file) {
    JsonNode initial = VectorJson.field(file, "initial");
    SignedHeader first = CometJson.signedHeader(VectorJson.field(initial, "signed_header"));
    ValidatorSet next = CometJson.validators(VectorJson.field(initial, "next_validator_set"));
    LightBlock start = new LightBlock(first, next, Optional.of(next));
    List<JsonNode> inputs = VectorJson.list(file, "input");
    StepReplay replay = new StepReplay(CometJson.options(initial, Duration.ZERO), start, inputs);
    List<VectorCase> cases = new ArrayList<>();
    for (JsonNode each : inputs) {
      int number = cases.size();
      Expected expected = VerifyCases.expected(VectorJson.text(each, "verdict"));
      cases.add(new VectorCase("step " + number, expected, () -> replay.outcome(number)));
    }
    return cases;
  }

  private Outcome outcome(int step) {
    while (outcomes.size() <= step) {
      outcomes.add(judge(inputs.get(outcomes.size())));
    }
    return outcomes.get(step);
  }

  private Outcome judge(JsonNode input) {
    Verdict<LightBlock> verdict =
        VerifyCases.verify(
            options, trusted, VectorJson.field(input, "block"), CometJson.time(input, "now"));
    if (verdict instanceof Verdict.Accepted<LightBlock>(LightBlock block)) {
      trusted = block;
    }
    Outcome own = Outcome.of(verdict);
    return own.code().equals(RejectionCode.CLIENT_EXPIRED.code())
        ? Outcome.rejected(VerifyCases.FileVerdict.INVALID, VerifyCases.detail(own))
        : VerifyCases.outcome(verdict);
  }
}
