package dev.trestle.base;

import java.util.function.Function;

/**
 * What a check of untrusted input came to. Checks return this and never throw for bad input;
 * exceptions are for bugs, corruption and I/O.
 *
 * @param <T> what an accepted input turns into
 */
public sealed interface Verdict<T> {
  /** The input is valid; {@code value} is what it means. */
  record Accepted<T>(T value) implements Verdict<T> {}

  /** The input is harmless and changes nothing: known already, or no longer relevant. */
  record Ignored<T>(ReasonCode reason, String detail) implements Verdict<T> {}

  /** The input is wrong and will never be right. Whoever sent it may be penalised. */
  record Rejected<T>(ReasonCode reason, String detail) implements Verdict<T> {}

  /** The input may become valid: something it needs is not known yet. */
  record Later<T>(ReasonCode reason, String detail) implements Verdict<T> {}

  static <T> Verdict<T> accept(T value) {
    return new Accepted<>(value);
  }

  static <T> Verdict<T> ignore(ReasonCode reason, String detail) {
    return new Ignored<>(reason, detail);
  }

  static <T> Verdict<T> reject(ReasonCode reason, String detail) {
    return new Rejected<>(reason, detail);
  }

  static <T> Verdict<T> later(ReasonCode reason, String detail) {
    return new Later<>(reason, detail);
  }

  default boolean isAccepted() {
    return this instanceof Accepted<T>;
  }

  /** Applies {@code next} to an accepted value; passes every other verdict on unchanged. */
  default <R> Verdict<R> then(Function<? super T, Verdict<R>> next) {
    return switch (this) {
      case Accepted<T>(T value) -> next.apply(value);
      case Ignored<T>(ReasonCode reason, String detail) -> new Ignored<>(reason, detail);
      case Rejected<T>(ReasonCode reason, String detail) -> new Rejected<>(reason, detail);
      case Later<T>(ReasonCode reason, String detail) -> new Later<>(reason, detail);
    };
  }

  /**
   * The accepted value.
   *
   * @throws IllegalStateException with the reason if this is not {@link Accepted}: for callers that
   *     have ruled the rest out
   */
  default T orThrow() {
    return switch (this) {
      case Accepted<T>(T value) -> value;
      case Ignored<T>(ReasonCode reason, String detail) ->
          throw new IllegalStateException("ignored: " + reason.code() + ": " + detail);
      case Rejected<T>(ReasonCode reason, String detail) ->
          throw new IllegalStateException("rejected: " + reason.code() + ": " + detail);
      case Later<T>(ReasonCode reason, String detail) ->
          throw new IllegalStateException("later: " + reason.code() + ": " + detail);
    };
  }
}
