package dev.trestle.base;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Canonical encodings and identifiers: an answer or one of the exceptions that say no, and one form
 * for each value. A normal test run replays the corpus; {@code light-clients/fuzz/run} fuzzes.
 */
class BaseFuzzTest {
  private static final String DURATION = "1h";
  private static final long EXECUTIONS = 10_000_000;
  private static final int MOST = 1_000;

  private record Everything(
      int small,
      long large,
      boolean flag,
      Bytes bytes,
      String text,
      List<Hash32> hashes,
      Optional<Amount> amount) {
    static Everything read(CanonicalReader in) {
      return new Everything(
          in.u8(),
          in.u64(),
          in.bool(),
          in.bytes(MOST),
          in.text(MOST),
          in.list(MOST, CanonicalReader::hash),
          in.optional(CanonicalReader::amount));
    }

    Bytes encode() {
      return new CanonicalWriter()
          .u8(small)
          .u64(large)
          .bool(flag)
          .bytes(bytes)
          .text(text)
          .list(hashes, CanonicalWriter::hash)
          .optional(amount, CanonicalWriter::amount)
          .toBytes();
    }
  }

  private static <T> Optional<T> answer(Supplier<T> parser) {
    try {
      return Optional.of(parser.get());
    } catch (DecodeException | IllegalArgumentException | Amount.AmountOutOfRange refused) {
      return Optional.empty();
    }
  }

  private static void same(Object input, Optional<?> again) {
    if (again.filter(each -> !each.equals(input)).isPresent()) {
      throw new AssertionError("another form: " + input + " and " + again);
    }
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void canonical(byte[] data) {
    Bytes input = Bytes.of(data);
    same(input, answer(() -> CanonicalReader.decode(input, Everything::read).encode()));
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void identifiers(byte[] data) {
    String text = new String(data, StandardCharsets.UTF_8);
    List<Function<String, Object>> parsers =
        List.of(ChainId::parse, AccountId::parse, AssetId::parse, Amount::parse);
    for (Function<String, Object> parser : parsers) {
      same(text, answer(() -> parser.apply(text).toString()));
    }
    answer(() -> Bytes.fromHex(text))
        .ifPresent(bytes -> same(bytes, answer(() -> Bytes.fromHex(bytes.toHex()))));
  }
}
