package dev.trestle.lightclient.polkadot.vectors;

import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.polkadot.DigestItem;
import dev.trestle.lightclient.polkadot.Header;
import dev.trestle.lightclient.polkadot.grandpa.ConsensusLog;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A header with what its bytes mean. Everything that the file says is compared. */
final class HeaderCases {
  private HeaderCases() {}

  static List<VectorCase> of(JsonNode json) {
    boolean valid = !json.has("valid") || VectorJson.bool(json, "valid");
    return List.of(new VectorCase("header", Expected.of(valid), () -> Outcome.of(verify(json))));
  }

  private static Verdict<Header> verify(JsonNode json) {
    Header header;
    try {
      header = Header.decode(VectorJson.hex(json, "scale"));
    } catch (DecodeException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
    List<String> wrong = new ArrayList<>();
    compare(wrong, "hash", header.hash().equals(GrandpaCases.hash(json, "hash_blake2b_256")));
    if (json.has("parent_hash")) {
      compare(wrong, "parent", header.parentHash().equals(GrandpaCases.hash(json, "parent_hash")));
    }
    if (json.has("number")) {
      compare(wrong, "number", header.number() == VectorJson.number(json, "number"));
    }
    if (json.has("state_root")) {
      compare(wrong, "state", header.stateRoot().equals(GrandpaCases.hash(json, "state_root")));
    }
    if (json.has("extrinsics_root")) {
      compare(
          wrong,
          "extrinsics",
          header.extrinsicsRoot().equals(GrandpaCases.hash(json, "extrinsics_root")));
    }
    compare(wrong, "bytes", header.encode().equals(VectorJson.hex(json, "scale")));
    if (json.has("digest")) {
      compareDigest(wrong, header, VectorJson.list(json, "digest"));
    }
    return wrong.isEmpty()
        ? Verdict.accept(header)
        : Verdict.reject(RejectionCode.VALUE_MISMATCH, String.join(", ", wrong));
  }

  private static void compare(List<String> wrong, String what, boolean right) {
    if (!right) {
      wrong.add(what);
    }
  }

  private static void compareDigest(List<String> wrong, Header header, List<JsonNode> items) {
    compare(wrong, "digest", items.size() == header.digest().size());
    for (int i = 0; i < Math.min(items.size(), header.digest().size()); i++) {
      DigestItem item = header.digest().get(i);
      JsonNode said = items.get(i);
      String at = "digest " + i;
      compare(wrong, at, kind(item).equals(VectorJson.text(said, "type").replace("_", "")));
      VectorJson.optional(said, "engine")
          .ifPresent(engine -> compare(wrong, at + " engine", isEngine(item, engine.asString())));
      if (said.has("length")) {
        compare(wrong, at + " length", item.data().size() == VectorJson.number(said, "length"));
      }
      if (said.has("data")) {
        compare(wrong, at + " data", item.data().equals(VectorJson.hex(said, "data")));
      }
      if (said.has("grandpa")) {
        compare(wrong, at + " log", saysSame(ConsensusLog.decode(item.data()), said));
      }
    }
  }

  /** As the file writes kinds: {@code PreRuntime}. */
  private static String kind(DigestItem item) {
    return switch (item.kind()) {
      case OTHER -> "Other";
      case CONSENSUS -> "Consensus";
      case SEAL -> "Seal";
      case PRE_RUNTIME -> "PreRuntime";
      case RUNTIME_ENVIRONMENT_UPDATED -> "RuntimeEnvironmentUpdated";
    };
  }

  private static boolean isEngine(DigestItem item, String engine) {
    return new String(item.engine().toArray(), StandardCharsets.ISO_8859_1).equals(engine)
        || ("0x" + item.engine().toHex()).equals(engine);
  }

  private static boolean saysSame(ConsensusLog log, JsonNode said) {
    return log.getClass().getSimpleName().equals(VectorJson.text(said, "grandpa"))
        && switch (log) {
          case ConsensusLog.ScheduledChange change -> sameChange(change, said);
          case ConsensusLog.ForcedChange forced -> sameChange(forced.change(), said);
          case ConsensusLog.Pause(long delay) -> sameNumber(said, "delay", delay);
          case ConsensusLog.Resume(long delay) -> sameNumber(said, "delay", delay);
          case ConsensusLog.OnDisabled(long index) -> sameNumber(said, "index", index);
        };
  }

  private static boolean sameChange(ConsensusLog.ScheduledChange change, JsonNode said) {
    boolean same =
        sameNumber(said, "delay", change.delay())
            && sameNumber(said, "next_authorities", change.next().size());
    if (!said.has("first_authority")) {
      return same;
    }
    return same
        && !change.next().isEmpty()
        && change.next().getFirst().key().equals(VectorJson.hex(said, "first_authority"))
        && sameNumber(said, "first_weight", change.next().getFirst().weight());
  }

  private static boolean sameNumber(JsonNode said, String name, long actual) {
    return !said.has(name) || VectorJson.number(said, name) == actual;
  }
}
