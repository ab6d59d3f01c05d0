package dev.trestle.lightclient.bitcoin.vectors;

import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.bitcoin.BitcoinNetworks;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import dev.trestle.lightclient.bitcoin.ChainParameters;
import dev.trestle.lightclient.bitcoin.DifficultyParameters;
import dev.trestle.lightclient.bitcoin.PowHash;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorFile;
import dev.trestle.lightclient.vectors.VectorJson;
import dev.trestle.lightclient.vectors.VectorReading;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** {@code rules/*.json}: synthetic chains with parameters of their own, and fork choices. */
final class RuleCases implements BitcoinVectors.Reader {
  @Override
  public VectorReading read(VectorFile file) {
    if (!file.isJson() || !VectorJson.hasFields(file.json(), "params", "cases")) {
      return VectorReading.foreign();
    }
    JsonNode params = VectorJson.field(file.json(), "params");
    List<JsonNode> cases = VectorJson.list(file.json(), "cases");
    if (params.isString() && cases.stream().allMatch(each -> each.has("common"))) {
      return VectorReading.cases(forks(cases, defaults()));
    }
    if (!VectorJson.hasFields(params, "rule", "pow_limit", "retarget_interval")) {
      return VectorReading.foreign();
    }
    DifficultyParameters difficulty = difficulty(params);
    if (cases.stream().anyMatch(each -> each.has("common"))) {
      return VectorReading.cases(forks(cases, difficulty));
    }
    PowHash hash = powHash(params);
    List<VectorCase> out = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      out.add(chain(Checks.name(cases.get(i), i), cases.get(i), difficulty, hash));
    }
    return VectorReading.cases(out);
  }

  /** Those of {@code rules/mainnet.json}, to which the fork choices refer. */
  private static DifficultyParameters defaults() {
    return new DifficultyParameters(
        BigInteger.ONE.shiftLeft(245).subtract(BigInteger.ONE), 20, 600, true, false, false, false);
  }

  private static PowHash powHash(JsonNode params) {
    return switch (VectorJson.optional(params, "pow_hash").map(JsonNode::asString).orElse("")) {
      case "", "sha256d" -> PowHash.SHA256D;
      case "scrypt" -> PowHash.SCRYPT;
      default -> throw new DecodeException("unknown pow_hash");
    };
  }

  private static DifficultyParameters difficulty(JsonNode params) {
    String rule = VectorJson.text(params, "rule");
    if (!List.of("mainnet", "testnet3", "bip94", "litecoin").contains(rule)) {
      throw new DecodeException("unknown rule " + rule);
    }
    DifficultyParameters difficulty =
        new DifficultyParameters(
            Checks.hexNumber(params, "pow_limit"),
            Math.toIntExact(VectorJson.number(params, "retarget_interval")),
            VectorJson.number(params, "target_spacing"),
            true,
            rule.equals("testnet3") || rule.equals("bip94"),
            rule.equals("bip94"),
            rule.equals("litecoin"));
    if (difficulty.powLimitBits() != Checks.bits(params, "pow_limit_bits")) {
      throw new DecodeException("pow_limit_bits is not pow_limit");
    }
    return difficulty;
  }

  private static ChainParameters network(
      BlockHeader genesis, DifficultyParameters difficulty, PowHash hash) {
    return new ChainParameters(
        "synthetic",
        hash,
        genesis,
        difficulty,
        new TreeMap<>(),
        BitcoinNetworks.BITCOIN_REGTEST.addresses(),
        1,
        0);
  }

  private static VectorCase chain(
      String name, JsonNode each, DifficultyParameters difficulty, PowHash hash) {
    List<BlockHeader> headers = Checks.headers(VectorJson.field(each, "headers"));
    if (headers.isEmpty()) {
      throw new DecodeException(name + ": no headers");
    }
    ChainParameters network = network(headers.getFirst(), difficulty, hash);
    if (VectorJson.bool(each, "valid")) {
      return new VectorCase(name, Expected.ACCEPT, () -> valid(each, headers, network));
    }
    long rejectAt = VectorJson.number(each, "reject_at");
    if (rejectAt < 1 || rejectAt >= headers.size()) {
      throw new DecodeException(name + ": reject_at is beyond the headers");
    }
    long now = each.has("now") ? VectorJson.number(each, "now") : FollowedChain.NO_CLOCK;
    return new VectorCase(
        name,
        Expected.reject(VectorJson.text(each, "reason")),
        () -> invalid(headers, (int) rejectAt, now, network));
  }

  private static Outcome valid(JsonNode each, List<BlockHeader> headers, ChainParameters network) {
    FollowedChain chain = FollowedChain.atGenesis(network);
    long now = each.has("now") ? VectorJson.number(each, "now") : FollowedChain.NO_CLOCK;
    Checks checks = Checks.after(chain.feed(headers.subList(1, headers.size()), now));
    checks.same("height", headers.size() - 1L, chain.height());
    if (each.has("tip_hash")) {
      checks.same("tip", Checks.displayed(each, "tip_hash"), chain.tip());
    }
    if (each.has("chainwork")) {
      checks.same("chain work", Checks.hexNumber(each, "chainwork"), chain.work());
    }
    if (each.has("bits_by_height")) {
      JsonNode bits = VectorJson.field(each, "bits_by_height");
      for (String height : bits.propertyNames()) {
        int at = Integer.parseInt(height);
        checks.same("bits at " + at, Checks.bits(bits, height), headers.get(at).bits());
      }
    }
    return checks.outcome();
  }

  /** What the header at {@code rejectAt} gets, if everything before it is accepted. */
  private static Outcome invalid(
      List<BlockHeader> headers, int rejectAt, long now, ChainParameters network) {
    FollowedChain chain = FollowedChain.atGenesis(network);
    Outcome before = chain.feed(headers.subList(1, rejectAt));
    if (!before.accepted()) {
      return Checks.after(Outcome.ok()).holds("too early: " + before, false).outcome();
    }
    Outcome there = chain.feed(headers.subList(rejectAt, rejectAt + 1), now);
    return chain.height() == rejectAt - 1
        ? there
        : Checks.after(Outcome.ok()).holds("a refused header moved the tip", false).outcome();
  }

  private static List<VectorCase> forks(List<JsonNode> cases, DifficultyParameters difficulty) {
    List<VectorCase> out = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      JsonNode each = cases.get(i);
      List<BlockHeader> common = Checks.headers(VectorJson.field(each, "common"));
      if (common.isEmpty()) {
        throw new DecodeException("a fork without a common part");
      }
      ChainParameters network = network(common.getFirst(), difficulty, PowHash.SHA256D);
      out.add(
          new VectorCase(Checks.name(each, i), Expected.ACCEPT, () -> fork(each, common, network)));
    }
    return out;
  }

  private static Outcome fork(JsonNode each, List<BlockHeader> common, ChainParameters network) {
    FollowedChain chain = FollowedChain.atGenesis(network);
    Outcome outcome =
        common.size() == 1 ? Outcome.ok() : chain.feed(common.subList(1, common.size()));
    for (JsonNode branch : VectorJson.list(each, "order")) {
      if (outcome.accepted()) {
        outcome = chain.feed(Checks.headers(VectorJson.field(each, branch.asString())));
      }
    }
    String best = VectorJson.text(each, "best");
    List<BlockHeader> winner = Checks.headers(VectorJson.field(each, best));
    return Checks.after(outcome)
        .same("tip", winner.getLast().id(), chain.tip())
        .same("height", common.size() - 1L + winner.size(), chain.height())
        .same("chain work", Checks.hexNumber(each, "work_" + best), chain.work())
        .outcome();
  }
}
