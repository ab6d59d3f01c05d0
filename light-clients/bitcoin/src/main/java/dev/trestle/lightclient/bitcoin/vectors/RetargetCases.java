package dev.trestle.lightclient.bitcoin.vectors;

import dev.trestle.lightclient.bitcoin.BitcoinNetworks;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import dev.trestle.lightclient.bitcoin.ChainParameters;
import dev.trestle.lightclient.bitcoin.CompactTarget;
import dev.trestle.lightclient.bitcoin.DifficultyRule;
import dev.trestle.lightclient.bitcoin.HeaderRules;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorFile;
import dev.trestle.lightclient.vectors.VectorJson;
import dev.trestle.lightclient.vectors.VectorReading;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * {@code retarget/*.json}: single retargets, the whole difficulty history of Litecoin, and compact
 * targets.
 */
final class RetargetCases implements BitcoinVectors.Reader {
  @Override
  public VectorReading read(VectorFile file) {
    if (!file.isJson()) {
      return VectorReading.foreign();
    }
    JsonNode json = file.json();
    if (VectorJson.hasFields(json, "full_header_cases")) {
      List<VectorCase> cases = headerCases(json);
      cases.addAll(coreTests(json, BitcoinNetworks.BITCOIN_MAINNET));
      return VectorReading.cases(cases);
    }
    if (VectorJson.hasFields(json, "rows", "pow_limit")) {
      List<VectorCase> cases = history(json);
      cases.addAll(coreTests(json, BitcoinNetworks.LITECOIN_MAINNET));
      return VectorReading.cases(cases);
    }
    boolean compact =
        VectorJson.first(json)
            .filter(each -> VectorJson.hasFields(each, "compact", "negative", "overflow"))
            .isPresent();
    return compact ? VectorReading.cases(compactTargets(json)) : VectorReading.foreign();
  }

  private static List<VectorCase> headerCases(JsonNode json) {
    List<VectorCase> out = new ArrayList<>();
    DifficultyRule rule = new DifficultyRule(BitcoinNetworks.BITCOIN_MAINNET.difficulty());
    HeaderRules rules = new HeaderRules(BitcoinNetworks.BITCOIN_MAINNET);
    for (JsonNode each : VectorJson.list(json, "full_header_cases")) {
      BlockHeader first = Checks.header(each, "period_first_header");
      BlockHeader last = Checks.header(each, "period_last_header");
      BlockHeader next = Checks.header(each, "next_header");
      out.add(
          new VectorCase(
              "retarget at " + VectorJson.number(each, "retarget_height"),
              Expected.ACCEPT,
              () ->
                  new Checks()
                      .same("link", last.id(), next.previous())
                      .same("span", number(each, "actual_timespan"), last.time() - first.time())
                      .same("old target", Checks.bits(each, "old_bits"), last.bits())
                      .same("new target", Checks.bits(each, "new_bits"), next.bits())
                      .same(
                          "retarget",
                          next.bits(),
                          rule.retarget(last.bits(), last.time() - first.time()))
                      .holds("no proof of work", rules.hasProofOfWork(next))
                      .outcome()));
    }
    return out;
  }

  private static long number(JsonNode each, String name) {
    return VectorJson.integer(each, name).longValueExact();
  }

  private static List<VectorCase> coreTests(JsonNode json, ChainParameters network) {
    DifficultyRule rule = new DifficultyRule(network.difficulty());
    List<VectorCase> out = new ArrayList<>();
    for (JsonNode each : VectorJson.list(json, "core_pow_tests")) {
      long bits = Checks.bits(each, "last_bits");
      long expected = Checks.bits(each, "expected");
      long span = number(each, "last_time") - number(each, "first_time");
      out.add(
          new VectorCase(
              VectorJson.text(each, "name"),
              Expected.ACCEPT,
              () -> new Checks().same("target", expected, rule.retarget(bits, span)).outcome()));
    }
    return out;
  }

  private static List<VectorCase> history(JsonNode json) {
    ChainParameters litecoin = BitcoinNetworks.LITECOIN_MAINNET;
    DifficultyRule rule = new DifficultyRule(litecoin.difficulty());
    List<VectorCase> out = new ArrayList<>();
    long time = litecoin.genesis().time();
    long bits = litecoin.genesis().bits();
    long nextChunk = 0;
    for (JsonNode row : VectorJson.list(json, "rows")) {
      long chunk = VectorJson.number(row, "chunk");
      long next = Checks.bits(row, "next_bits");
      long lastTime = VectorJson.number(row, "last_time");
      if (chunk == nextChunk) {
        long span = lastTime - time;
        long before = bits;
        out.add(
            new VectorCase(
                "chunk " + chunk,
                Expected.ACCEPT,
                () ->
                    new Checks()
                        .same("height", 2016 * (chunk + 1) - 1, number(row, "last_height"))
                        .same("target", next, rule.retarget(before, span))
                        .outcome()));
      } else {
        // Rows are missing before this one: only what follows can be checked.
        out.add(new VectorCase("chunk " + chunk, Expected.ACCEPT, () -> isTarget(next, litecoin)));
      }
      time = lastTime;
      bits = next;
      nextChunk = chunk + 1;
    }
    return out;
  }

  private static Outcome isTarget(long bits, ChainParameters network) {
    return new Checks()
        .holds(
            "not a target",
            CompactTarget.decode(bits)
                .filter(target -> target.compareTo(network.difficulty().powLimit()) <= 0)
                .isPresent())
        .outcome();
  }

  private static List<VectorCase> compactTargets(JsonNode json) {
    List<VectorCase> out = new ArrayList<>();
    for (JsonNode each : VectorJson.list(json)) {
      long compact = Checks.bits(each, "compact");
      out.add(
          new VectorCase(
              VectorJson.text(each, "compact"), Expected.ACCEPT, () -> compact(each, compact)));
    }
    return out;
  }

  private static Outcome compact(JsonNode each, long compact) {
    boolean negative = VectorJson.bool(each, "negative");
    boolean overflow = VectorJson.bool(each, "overflow");
    Checks checks =
        new Checks()
            .same("negative", negative, CompactTarget.isNegative(compact))
            .same("overflow", overflow, CompactTarget.overflows(compact));
    if (overflow || VectorJson.optional(each, "target").isEmpty()) {
      return checks.same("target", Optional.empty(), CompactTarget.decode(compact)).outcome();
    }
    var target = Checks.hexNumber(each, "target");
    checks
        .same("magnitude", target, CompactTarget.magnitude(compact))
        .same(
            "target",
            negative || target.signum() == 0 ? Optional.empty() : Optional.of(target),
            CompactTarget.decode(compact));
    if (!negative && VectorJson.optional(each, "canonical").isPresent()) {
      checks.same("canonical", Checks.bits(each, "canonical"), CompactTarget.encode(target));
    }
    return checks.outcome();
  }
}
