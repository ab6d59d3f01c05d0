package dev.trestle.lightclient.cometbft.vectors;

import dev.trestle.base.DecodeException;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.cometbft.CometCode;
import dev.trestle.lightclient.cometbft.Contradiction;
import dev.trestle.lightclient.cometbft.HeaderRules;
import dev.trestle.lightclient.cometbft.SignedHeader;
import dev.trestle.lightclient.cometbft.TrustOptions;
import dev.trestle.lightclient.cometbft.TrustedHeader;
import dev.trestle.lightclient.cometbft.ValidatorSet;
import dev.trestle.lightclient.cometbft.json.CometJson;
import dev.trestle.lightclient.cometbft.json.LightBlock;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Cases that verify light blocks: single steps, runs of them, bisection, misbehaviour. */
final class VerifyCases {
  /** The verdicts of the files. Our own codes are finer and stand in the reason. */
  enum FileVerdict implements ReasonCode {
    NOT_ENOUGH_TRUST,
    INVALID,
    FAILED_TRUSTING_PERIOD;

    @Override
    public String code() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private static final String SUCCESS = "SUCCESS";
  private static final long AMPLE = 100_000_000;

  private VerifyCases() {}

  static Expected expected(String verdict) {
    if (verdict.equals(SUCCESS)) {
      return Expected.ACCEPT;
    }
    for (FileVerdict each : FileVerdict.values()) {
      if (each.name().equals(verdict)) {
        return Expected.reject(each);
      }
    }
    throw new DecodeException("verdict " + verdict);
  }

  /** One of {@code verify.json}. */
  static VectorCase single(int number, JsonNode node) {
    String comment =
        VectorJson.optional(node, "comment").map(text -> ": " + text.asString()).orElse("");
    return new VectorCase(
        number + comment,
        expected(VectorJson.text(node, "verdict")),
        () -> {
          LightBlock trusted = CometJson.lightBlock(VectorJson.field(node, "trusted"));
          return outcome(
              verify(
                  CometJson.options(node),
                  trusted,
                  VectorJson.field(node, "untrusted"),
                  CometJson.time(node, "now")));
        });
  }

  static Verdict<LightBlock> verify(
      TrustOptions options, LightBlock trusted, JsonNode untrusted, Instant now) {
    LightBlock block;
    try {
      block = CometJson.lightBlock(untrusted);
    } catch (DecodeException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
    return verify(options, trusted, block, now);
  }

  static Verdict<LightBlock> verify(
      TrustOptions options, LightBlock trusted, LightBlock block, Instant now) {
    return rules(options, trusted)
        .verify(
            block.signedHeader(),
            block.validators(),
            next(trusted),
            block.nextValidators(),
            now,
            new Budget(AMPLE))
        .then(verified -> Verdict.accept(block));
  }

  private static HeaderRules rules(TrustOptions options, LightBlock trusted) {
    return new HeaderRules(options, TrustedHeader.of(trusted.signedHeader().header()));
  }

  static ValidatorSet next(LightBlock trusted) {
    return trusted
        .nextValidators()
        .orElseThrow(() -> new DecodeException("no next validators of the trusted header"));
  }

  static Outcome outcome(Verdict<?> verdict) {
    Outcome own = Outcome.of(verdict);
    return own.accepted() ? own : Outcome.rejected(fileVerdict(own.code()), detail(own));
  }

  static String detail(Outcome own) {
    return own.code() + ": " + own.reason();
  }

  private static FileVerdict fileVerdict(String code) {
    if (code.equals(CometCode.NOT_ENOUGH_TRUST.code())) {
      return FileVerdict.NOT_ENOUGH_TRUST;
    }
    return code.equals(RejectionCode.CLIENT_EXPIRED.code())
        ? FileVerdict.FAILED_TRUSTING_PERIOD
        : FileVerdict.INVALID;
  }

  /** The cases of {@code misbehaviour.json}. */
  static List<VectorCase> misbehaviour(JsonNode file) {
    List<VectorCase> cases = new ArrayList<>();
    for (JsonNode each : VectorJson.list(file, "cases")) {
      String comment =
          VectorJson.optional(each, "comment").map(text -> ": " + text.asString()).orElse("");
      JsonNode clock = each.hasNonNull("now") ? each : file;
      JsonNode options = each.hasNonNull("trusting_period_ns") ? each : file;
      cases.add(
          new VectorCase(
              cases.size() + comment,
              Expected.of(VectorJson.bool(each, "misbehaviour")),
              () ->
                  Outcome.of(
                      proves(CometJson.options(options), each, CometJson.time(clock, "now")))));
    }
    return cases;
  }

  private static Verdict<SignedHeader> proves(TrustOptions options, JsonNode node, Instant now) {
    LightBlock trusted = CometJson.lightBlock(VectorJson.field(node, "trusted"));
    LightBlock first;
    LightBlock second;
    try {
      first = CometJson.lightBlock(VectorJson.field(node, "header_1"));
      second = CometJson.lightBlock(VectorJson.field(node, "header_2"));
    } catch (DecodeException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
    HeaderRules rules = rules(options, trusted);
    return evidence(rules, trusted, first, now)
        .then(one -> evidence(rules, trusted, second, now))
        .then(
            two ->
                Contradiction.between(first.signedHeader().header(), two.header())
                    ? Verdict.accept(two)
                    : Verdict.reject(
                        RejectionCode.NOT_MISBEHAVIOUR, "one chain can hold both headers"));
  }

  private static Verdict<SignedHeader> evidence(
      HeaderRules rules, LightBlock trusted, LightBlock block, Instant now) {
    return rules.verifyEvidence(
        block.signedHeader(), block.validators(), next(trusted), now, new Budget(AMPLE));
  }
}
