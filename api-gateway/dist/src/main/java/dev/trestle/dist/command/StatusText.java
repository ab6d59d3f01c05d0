package dev.trestle.dist.command;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** A node's status for people: one line a subject, what is wrong in words. */
final class StatusText {
  private static final long MEBIBYTE = 1 << 20;

  private final JsonNode status;

  private StatusText(JsonNode status) {
    this.status = status;
  }

  /**
   * @param status what {@code relay_status} answered
   */
  static List<String> lines(JsonNode status) {
    StatusText text = new StatusText(status);
    List<String> lines = new ArrayList<>();
    lines.add("chain      " + word("chainId", status));
    lines.add(
        "role       "
            + (status.has("validator") ? "validator " + word("validator", status) : "follower"));
    lines.add("height     " + number("head", status) + text.sync());
    lines.add("round      " + text.round());
    lines.add("peers      " + text.peers());
    lines.add("guard      " + text.guard());
    lines.add("disk       " + text.disk());
    lines.add("mempool    " + number("waitingTransactions", status) + " waiting");
    lines.add("state      " + text.state());
    return lines;
  }

  private String sync() {
    long behind = number("networkHead", status) - number("head", status);
    return behind <= 0
        ? ", up to date"
        : ", " + behind + " behind the network at " + number("networkHead", status);
  }

  /** Why the round does not end: who has not been heard of. */
  private String round() {
    JsonNode deciding = status.path("deciding");
    if (!deciding.isObject()) {
      return "-";
    }
    String where = number("round", deciding) + " of height " + number("height", deciding);
    if (!deciding.path("running").asBoolean(false)) {
      return where + ", idle: waits for a transaction or the heartbeat";
    }
    List<String> waits = new ArrayList<>();
    if (!deciding.has("proposed")) {
      waits.add("the proposal of " + word("proposer", deciding));
    }
    waits(waits, "round change", deciding.path("missingRoundChanges"));
    if (deciding.has("proposed")) {
      waits(waits, "prepare", deciding.path("missingPrepares"));
      waits(waits, "commit", deciding.path("missingCommits"));
    }
    return where + (waits.isEmpty() ? "" : ", waits for " + String.join("; ", waits));
  }

  private static void waits(List<String> into, String what, JsonNode addresses) {
    if (!addresses.isEmpty()) {
      into.add(what + " of " + list(addresses));
    }
  }

  private String peers() {
    JsonNode missing = status.path("missing");
    return status.path("peers").size()
        + " connected"
        + (missing.isEmpty() ? "" : ", validators missing: " + list(missing));
  }

  private String guard() {
    JsonNode guard = status.path("guard");
    if (!guard.isObject()) {
      return "-";
    }
    String last =
        guard.has("step")
            ? "last signed "
                + word("step", guard)
                + " at height "
                + number("height", guard)
                + " round "
                + number("round", guard)
            : "has signed nothing";
    String silent = status.has("silent") ? "SILENT (" + word("silent", status) + "), " : "";
    return silent + last + ", record " + number("sequence", guard);
  }

  private String disk() {
    JsonNode disk = status.path("disk");
    return number("freeBytes", disk) / MEBIBYTE
        + " MiB free, pauses below "
        + number("minFreeBytes", disk) / MEBIBYTE
        + " MiB";
  }

  private String state() {
    return status.path("ready").asBoolean(false)
        ? "ready"
        : "NOT READY: " + word("notReady", status);
  }

  private static String list(JsonNode addresses) {
    List<String> all = new ArrayList<>();
    addresses.forEach(each -> all.add(plain(each.asString(""))));
    return all.stream().collect(Collectors.joining(" "));
  }

  private static long number(String key, JsonNode object) {
    return object.path(key).asLong(0);
  }

  private static String word(String key, JsonNode object) {
    return plain(object.path(key).asString("-"));
  }

  /** What a node says goes to a terminal. */
  private static String plain(String text) {
    return text.replaceAll("\\p{C}", "?");
  }
}
