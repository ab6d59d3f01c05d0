package dev.trestle.lightclient.bitcoin.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/**
 * Compares what a file states with what we find; the first difference is the outcome, with the code
 * {@link RejectionCode#VALUE_MISMATCH}. Also reads the files' small parts.
 */
final class Checks {
  private Outcome outcome = Outcome.ok();

  /** Starts from what a verifier said. */
  static Checks after(Outcome first) {
    Checks checks = new Checks();
    checks.outcome = first;
    return checks;
  }

  Checks same(String what, Object stated, Object found) {
    return holds(what + " is " + found + ", not " + stated, Objects.equals(stated, found));
  }

  Checks holds(String otherwise, boolean condition) {
    if (outcome.accepted() && !condition) {
      outcome = Outcome.rejected(RejectionCode.VALUE_MISMATCH, otherwise);
    }
    return this;
  }

  Outcome outcome() {
    return outcome;
  }

  /** The header that {@code hex} is. */
  static BlockHeader header(Bytes raw) {
    if (raw.size() != BlockHeader.SIZE) {
      throw new DecodeException("a header has 80 bytes, not " + raw.size());
    }
    return BlockHeader.of(raw);
  }

  static BlockHeader header(JsonNode node, String field) {
    return header(VectorJson.hex(node, field));
  }

  static List<BlockHeader> headers(JsonNode list) {
    return VectorJson.list(list).stream().map(each -> header(VectorJson.hex(each))).toList();
  }

  /** Hashes one after another. */
  static List<Hash32> cut(Bytes joined) {
    List<Hash32> out = new ArrayList<>();
    for (int at = 0; at + Hash32.SIZE <= joined.size(); at += Hash32.SIZE) {
      out.add(new Hash32(joined.slice(at, at + Hash32.SIZE)));
    }
    return out;
  }

  static Hash32 hash(Bytes raw) {
    if (raw.size() != Hash32.SIZE) {
      throw new DecodeException("a hash has 32 bytes, not " + raw.size());
    }
    return new Hash32(raw);
  }

  /** A hash in display order. */
  static Hash32 displayed(JsonNode node, String field) {
    return hash(VectorJson.hex(node, field).reverse());
  }

  /** Compact target in hex. */
  static long bits(JsonNode node, String field) {
    String text = digits(node, field);
    if (!text.matches("[0-9a-fA-F]{1,8}")) {
      throw new DecodeException(field + " is not a compact target");
    }
    return Long.parseLong(text, 16);
  }

  private static String digits(JsonNode node, String field) {
    String text = VectorJson.text(node, field);
    return text.startsWith("0x") ? text.substring(2) : text;
  }

  /** A number in hex. */
  static java.math.BigInteger hexNumber(JsonNode node, String field) {
    String text = digits(node, field);
    if (!text.matches("[0-9a-fA-F]{1,64}")) {
      throw new DecodeException(field + " is not a hex number");
    }
    return new java.math.BigInteger(text, 16);
  }

  /** The comment of a case, or its number. */
  static String name(JsonNode each, int number) {
    return VectorJson.optional(each, "comment")
        .filter(JsonNode::isString)
        .map(comment -> number + ": " + comment.asString())
        .orElse(Integer.toString(number));
  }
}
