package dev.trestle.relay.ledger;

import dev.trestle.base.Hash32;
import java.util.Map;
import java.util.Optional;

/**
 * Answers to the expensive checks of one transaction, made by {@link Ledger#prevalidate} before it
 * is executed. Immutable. {@link Ledger#execute} looks an answer up under the hash of the whole
 * question and uses it only if all that was read for it stands there unchanged; it computes what is
 * missing. So the outcome is the same with any answers, of this transaction or another, old or new,
 * and with none.
 */
public final class Answers {
  /** Nothing was found out before. */
  public static final Answers NONE = new Answers(Map.of(), 0);

  private final Map<Hash32, Answer<?>> byKey;
  private final long units;
  private final long bytes;

  /**
   * @param byKey by {@link Binding#key}
   */
  Answers(Map<Hash32, Answer<?>> byKey, long units) {
    this.byKey = Map.copyOf(byKey);
    this.units = units;
    this.bytes = byKey.values().stream().mapToLong(Answer::bytes).sum();
  }

  Optional<Answer<?>> find(Hash32 key) {
    return Optional.ofNullable(byKey.get(key));
  }

  Map<Hash32, Answer<?>> byKey() {
    return byKey;
  }

  /** Whether there are none: nothing expensive was asked, or nothing was found out. */
  public boolean isEmpty() {
    return byKey.isEmpty();
  }

  /** Units of work that it took to find them and what was not worth keeping. */
  public long units() {
    return units;
  }

  /** Bytes that they take up, about. */
  public long bytes() {
    return bytes;
  }

  /** Whether some are good for a block of the same second alone. */
  public boolean isTimed() {
    return byKey.values().stream().anyMatch(Answer::timed);
  }
}
