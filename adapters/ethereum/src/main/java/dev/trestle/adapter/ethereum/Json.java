package dev.trestle.adapter.ethereum;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EvmAddress;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Reads and writes what Ethereum's JSON-RPC calls QUANTITY and DATA (execution-apis). Anything
 * malformed is NODE_ERROR.
 */
final class Json {
  private static final Pattern QUANTITY = Pattern.compile("0x[0-9a-fA-F]{1,64}");
  private static final Pattern DATA = Pattern.compile("0x([0-9a-fA-F]{2})*");

  private Json() {}

  static String quantity(long value) {
    return "0x" + Long.toHexString(value);
  }

  static String quantity(BigInteger value) {
    return "0x" + value.toString(16);
  }

  static String data(Bytes value) {
    return "0x" + value.toHex();
  }

  static String data(Hash32 value) {
    return data(value.bytes());
  }

  static Optional<JsonNode> field(JsonNode object, String name) {
    return Optional.ofNullable(object.get(name)).filter(value -> !value.isNull());
  }

  static JsonNode require(JsonNode object, String name) {
    return field(object, name).orElseThrow(() -> malformed("no " + name));
  }

  static BigInteger integer(JsonNode value) {
    String text = text(value);
    if (!QUANTITY.matcher(text).matches()) {
      throw malformed("not a quantity");
    }
    return new BigInteger(text.substring(2), 16);
  }

  static BigInteger integer(JsonNode object, String name) {
    return integer(require(object, name));
  }

  static long integer64(JsonNode value) {
    BigInteger integer = integer(value);
    if (integer.bitLength() > 63) {
      throw malformed("an integer over 2^63-1");
    }
    return integer.longValue();
  }

  static long integer64(JsonNode object, String name) {
    return integer64(require(object, name));
  }

  static Bytes bytes(JsonNode value) {
    String text = text(value);
    if (!DATA.matcher(text).matches()) {
      throw malformed("not hex data");
    }
    return Bytes.fromHex(text);
  }

  static Bytes bytes(JsonNode object, String name) {
    return bytes(require(object, name));
  }

  static Bytes bytes(JsonNode object, String name, int size) {
    Bytes value = bytes(object, name);
    if (value.size() != size) {
      throw malformed(name + " has " + value.size() + " bytes instead of " + size);
    }
    return value;
  }

  static Hash32 hash(JsonNode object, String name) {
    return new Hash32(bytes(object, name, Hash32.SIZE));
  }

  static EvmAddress address(JsonNode object, String name) {
    return new EvmAddress(bytes(object, name, EvmAddress.SIZE));
  }

  /** The elements of an array. */
  static List<JsonNode> list(JsonNode array) {
    if (!array.isArray()) {
      throw malformed("not an array");
    }
    List<JsonNode> elements = new ArrayList<>();
    array.forEach(elements::add);
    return elements;
  }

  static AdapterException malformed(String what) {
    return new AdapterException(AdapterError.NODE_ERROR, "malformed answer: " + what);
  }

  private static String text(JsonNode value) {
    if (!value.isString()) {
      throw malformed("a text was expected");
    }
    return value.stringValue();
  }
}
