package dev.trestle.lightclient.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON of vector files: bounded, without duplicate names and trailing text. Every accessor throws
 * {@link DecodeException} when a field is missing or of another kind.
 */
public final class VectorJson {
  /** Deepest nesting of objects and arrays. */
  public static final int MAX_DEPTH = 128;

  /** Longest string in characters. */
  public static final int MAX_STRING = 32 << 20;

  /** Longest number in characters. */
  public static final int MAX_NUMBER = 1_000;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxStringLength(MAX_STRING)
                          .maxNumberLength(MAX_NUMBER)
                          .maxDocumentLength(VectorFile.MAX_SIZE)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
          .build();

  private VectorJson() {}

  public static JsonNode parse(Bytes content) {
    try {
      return JSON.readTree(content.toArray());
    } catch (JacksonException e) {
      throw new DecodeException("not JSON: " + e.getOriginalMessage());
    }
  }

  /** The value of {@code name}; a JSON null counts as missing. */
  public static JsonNode field(JsonNode node, String name) {
    return optional(node, name)
        .orElseThrow(() -> new DecodeException("the field " + name + " is missing"));
  }

  /** Empty when it is missing or null. */
  public static Optional<JsonNode> optional(JsonNode node, String name) {
    return Optional.ofNullable(node.get(name)).filter(value -> !value.isNull());
  }

  public static String text(JsonNode node, String name) {
    JsonNode value = field(node, name);
    if (!value.isString()) {
      throw new DecodeException(name + " is not a string");
    }
    return value.asString();
  }

  public static boolean bool(JsonNode node, String name) {
    JsonNode value = field(node, name);
    if (!value.isBoolean()) {
      throw new DecodeException(name + " is not true or false");
    }
    return value.asBoolean();
  }

  /** An integer of 63 bits that is not negative, as a number or a decimal string. */
  public static long number(JsonNode node, String name) {
    BigInteger value = integer(node, name);
    if (value.signum() < 0 || value.bitLength() > 63) {
      throw new DecodeException(name + " is out of range");
    }
    return value.longValue();
  }

  /** An integer of any size, as a number or a decimal string. */
  public static BigInteger integer(JsonNode node, String name) {
    JsonNode value = field(node, name);
    if (!value.isIntegralNumber() && !value.isString()) {
      throw new DecodeException(name + " is not an integer");
    }
    String digits = value.asString();
    if (!digits.matches("-?[0-9]{1," + MAX_NUMBER + "}")) {
      throw new DecodeException(name + " is not an integer");
    }
    return new BigInteger(digits);
  }

  /** Hex with or without {@code 0x}. */
  public static Bytes hex(JsonNode node, String name) {
    return hex(field(node, name));
  }

  /** Hex with or without {@code 0x}. */
  public static Bytes hex(JsonNode value) {
    if (!value.isString()) {
      throw new DecodeException("hex is a string");
    }
    try {
      return Bytes.fromHex(value.asString());
    } catch (IllegalArgumentException e) {
      throw new DecodeException("not hex: " + e.getMessage());
    }
  }

  /** Hex that is compared as a text: lower case without {@code 0x}, however it is written. */
  public static String digits(JsonNode node, String name) {
    return hex(node, name).toHex();
  }

  /** The items of an array. */
  public static List<JsonNode> list(JsonNode node, String name) {
    return list(field(node, name));
  }

  /** The items of an array. */
  public static List<JsonNode> list(JsonNode value) {
    if (!value.isArray()) {
      throw new DecodeException("not an array");
    }
    return StreamSupport.stream(value.spliterator(), false).toList();
  }

  /** Whether {@code value} is an object that has all these fields. */
  public static boolean hasFields(JsonNode value, String... names) {
    if (!value.isObject()) {
      return false;
    }
    for (String name : names) {
      if (!value.has(name)) {
        return false;
      }
    }
    return true;
  }

  /** The first item of a non-empty array. */
  public static Optional<JsonNode> first(JsonNode value) {
    if (!value.isArray()) {
      return Optional.empty();
    }
    Iterator<JsonNode> items = value.iterator();
    return items.hasNext() ? Optional.of(items.next()) : Optional.empty();
  }
}
