package dev.trestle.proofs.ics23;

import dev.trestle.base.Bytes;
import dev.trestle.base.Verdict;
import java.util.Optional;

/**
 * Prefixes of IAVL nodes: height, size and version as zigzag varints, then in inner nodes the
 * length byte of the child's hash, before it the left sibling's. Without these checks the forged
 * proofs of October 2022 ("Dragonberry") verify.
 *
 * <p>What is not such a prefix is rejected with {@code iavl-prefix}.
 *
 * <p>As {@code validateIavlOps} in {@code go/ops.go} of cosmos/ics23.
 */
final class IavlPrefix {
  private static final int FIELDS = 3;
  private static final int MAX_VARINT_BYTES = 10;

  /** Bytes after the fields when the path goes left: one length. */
  private static final int LEFT = 1;

  /** Bytes after the fields when the path goes right: length, left hash, length. */
  private static final int RIGHT = 34;

  private static final int HASH_LENGTH = 0x20;

  private IavlPrefix() {}

  /** A leaf has height 0 and nothing after the fields. Empty when it is well formed. */
  static <T> Optional<Verdict<T>> checkLeaf(Bytes prefix) {
    return check(prefix, 0);
  }

  /**
   * Empty when it is well formed.
   *
   * @param layer 1 for the parents of leaves: no node is lower than its layer
   */
  static <T> Optional<Verdict<T>> checkInner(Bytes prefix, int layer) {
    return check(prefix, layer);
  }

  private static <T> Optional<Verdict<T>> check(Bytes prefix, int layer) {
    int at = 0;
    for (int field = 0; field < FIELDS; field++) {
      int end = endOfVarint(prefix, at);
      if (end < 0) {
        return wrong("field " + field + " is no varint");
      }
      long value = zigzag(prefix, at, end);
      if (value < 0 || (field == 0 && value < layer)) {
        return wrong("field " + field + " is " + value + " in layer " + layer);
      }
      if (field == 0 && layer == 0 && value != 0) {
        return wrong("a leaf of height " + value);
      }
      at = end;
    }
    int rest = prefix.size() - at;
    if (layer == 0) {
      return rest == 0 ? Optional.empty() : wrong("a leaf with " + rest + " bytes more");
    }
    return rest == LEFT || rest == RIGHT
        ? Optional.empty()
        : wrong("an inner node with " + rest + " bytes more");
  }

  /** Whether a well-formed inner prefix states that the hashes in and behind it are 32 bytes. */
  static boolean statesLengths(Bytes prefix) {
    int last = prefix.size() - 1;
    boolean right = prefix.size() > RIGHT;
    return prefix.at(last) == HASH_LENGTH
        && (!right || prefix.at(prefix.size() - RIGHT) == HASH_LENGTH);
  }

  private static <T> Optional<Verdict<T>> wrong(String detail) {
    return Optional.of(Verdict.reject(Ics23Code.IAVL_PREFIX, detail));
  }

  /** Behind the varint at {@code from}; -1 if it is truncated, too long or not the shortest. */
  private static int endOfVarint(Bytes prefix, int from) {
    for (int i = 0; i < MAX_VARINT_BYTES && from + i < prefix.size(); i++) {
      int next = prefix.at(from + i);
      if (next < 0x80) {
        boolean shortest = i == 0 || next != 0;
        boolean fits = i < MAX_VARINT_BYTES - 1 || next <= 1;
        return shortest && fits ? from + i + 1 : -1;
      }
    }
    return -1;
  }

  private static long zigzag(Bytes prefix, int from, int to) {
    long raw = 0;
    for (int i = from; i < to; i++) {
      raw |= (prefix.at(i) & 0x7fL) << (7 * (i - from));
    }
    return (raw >>> 1) ^ -(raw & 1);
  }
}
