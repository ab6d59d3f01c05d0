package dev.trestle.lightclient.ethereum.vectors;

import dev.trestle.base.ReasonCode;
import dev.trestle.lightclient.ethereum.SyncCode;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.VectorJson;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The reasons that vectors of the sync protocol give, as our codes. */
final class Reasons {
  private static final Map<String, SyncCode> CODES =
      Map.ofEntries(
          Map.entry("participants", SyncCode.PARTICIPANTS),
          Map.entry("attested header", SyncCode.ATTESTED_HEADER),
          Map.entry("slot order", SyncCode.SLOT_ORDER),
          Map.entry("period", SyncCode.PERIOD),
          Map.entry("period (next unknown)", SyncCode.PERIOD),
          Map.entry("fin header must be zero", SyncCode.FINALIZED_HEADER_NOT_EMPTY),
          Map.entry("fin header exec", SyncCode.FINALIZED_HEADER),
          Map.entry("finality branch", SyncCode.FINALITY_BRANCH),
          Map.entry("next must be zero", SyncCode.NEXT_COMMITTEE_NOT_EMPTY),
          Map.entry("next branch", SyncCode.NEXT_COMMITTEE_BRANCH),
          Map.entry("signature", SyncCode.SIGNATURE),
          Map.entry("Public key is infinity", SyncCode.SIGNATURE),
          Map.entry("Point not on curve", SyncCode.SIGNATURE));

  private Reasons() {}

  /** From {@code expect} and {@code reason}; a reason that we do not know is not compared. */
  static Expected expected(JsonNode step) {
    String expect = VectorJson.optional(step, "expect").map(JsonNode::asString).orElse("ok");
    if (expect.equals("ok")) {
      return Expected.ACCEPT;
    }
    Optional<ReasonCode> code =
        VectorJson.optional(step, "reason").map(JsonNode::asString).map(CODES::get);
    return code.map(Expected::reject).orElse(Expected.REJECT);
  }
}
