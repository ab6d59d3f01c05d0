package dev.trestle.lightclient.contract;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** What fuzz targets demand of a decoder. */
public final class FuzzInput {
  private FuzzInput() {}

  /** Runs a decoder; empty where it refuses. Any other exception is a finding. */
  public static <T> Optional<T> decoded(Supplier<T> decoder) {
    try {
      return Optional.of(decoder.get());
    } catch (DecodeException refused) {
      return Optional.empty();
    }
  }

  /**
   * A decoder with one form for each value: what it reads it writes back byte for byte.
   *
   * @throws AssertionError if another form decodes
   */
  public static <T> Optional<T> canonical(
      Bytes input, Function<Bytes, T> decoder, Function<T, Bytes> encoder) {
    Optional<T> value = decoded(() -> decoder.apply(input));
    value.ifPresent(
        each -> {
          if (!encoder.apply(each).equals(input)) {
            throw new AssertionError("another form decodes: " + input);
          }
        });
    return value;
  }
}
