package dev.trestle.lightclient.cometbft.vectors;

import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.cometbft.TrustOptions;
import dev.trestle.lightclient.cometbft.json.CometJson;
import dev.trestle.lightclient.cometbft.json.LightBlock;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorJson;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * Verification of the last of many blocks from the first one, with the block halfway whenever trust
 * does not reach. The steps must be those of the file.
 */
final class Bisection {
  private static final int MAX_STEPS = 10_000;

  private Bisection() {}

  private record Step(long from, long to, String verdict) {}

  static VectorCase of(JsonNode file) {
    return new VectorCase(
        "bisection",
        VerifyCases.expected(VectorJson.text(file, "result")),
        () -> {
          NavigableMap<Long, LightBlock> blocks = new TreeMap<>();
          for (JsonNode each : VectorJson.list(file, "light_blocks")) {
            LightBlock block = CometJson.lightBlock(each);
            blocks.put(block.signedHeader().header().height(), block);
          }
          return run(file, CometJson.options(file), blocks);
        });
  }

  private static Outcome run(
      JsonNode file, TrustOptions options, NavigableMap<Long, LightBlock> blocks) {
    Instant now = CometJson.time(file, "now");
    List<Step> steps = new ArrayList<>();
    Deque<Long> targets = new ArrayDeque<>(List.of(blocks.lastKey()));
    long trusted = blocks.firstKey();
    Outcome outcome = Outcome.ok();
    while (!targets.isEmpty() && steps.size() < MAX_STEPS) {
      long target = targets.getFirst();
      Verdict<LightBlock> verdict =
          VerifyCases.verify(options, at(blocks, trusted), at(blocks, target), now);
      outcome = VerifyCases.outcome(verdict);
      steps.add(new Step(trusted, target, name(outcome)));
      if (outcome.accepted()) {
        trusted = target;
        targets.removeFirst();
      } else if (outcome.code().equals(VerifyCases.FileVerdict.NOT_ENOUGH_TRUST.code())) {
        targets.addFirst((trusted + target) / 2);
      } else {
        break;
      }
    }
    List<Step> wanted = trace(file);
    if (!wanted.isEmpty() && !wanted.equals(steps)) {
      throw new IllegalStateException("the steps are " + steps);
    }
    return outcome;
  }

  private static LightBlock at(NavigableMap<Long, LightBlock> blocks, long height) {
    LightBlock block = blocks.get(height);
    if (block == null) {
      throw new DecodeException("no block at height " + height);
    }
    return block;
  }

  private static String name(Outcome outcome) {
    return outcome.accepted()
        ? "SUCCESS"
        : outcome.code().toUpperCase(java.util.Locale.ROOT).replace('-', '_');
  }

  private static List<Step> trace(JsonNode file) {
    return VectorJson.optional(file, "trace").map(VectorJson::list).orElse(List.of()).stream()
        .map(VectorJson::list)
        .map(each -> new Step(each.get(0).asLong(), each.get(1).asLong(), each.get(2).asString()))
        .toList();
  }
}
