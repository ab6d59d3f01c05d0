package dev.trestle.lightclient.polkadot.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.vectors.VectorJson;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** {@code abi.encode} of the messages of Snowbridge, versions 1 and 2. */
final class AbiMessage {
  private static final int WORD = 32;

  private AbiMessage() {}

  static Bytes encode(JsonNode message) {
    return Bytes.concat(
        word(WORD), message.has("channelID") ? version1(message) : version2(message));
  }

  private static Bytes version1(JsonNode message) {
    return Bytes.concat(
        fixed(message, "channelID"),
        number(message, "nonce"),
        number(message, "command"),
        word(8 * WORD),
        number(message, "maxDispatchGas"),
        number(message, "maxFeePerGas"),
        number(message, "reward"),
        fixed(message, "id"),
        dynamic(VectorJson.hex(message, "params")));
  }

  private static Bytes version2(JsonNode message) {
    List<Bytes> commands = new ArrayList<>();
    for (JsonNode each : VectorJson.list(message, "commands")) {
      commands.add(
          Bytes.concat(
              number(each, "kind"),
              number(each, "gas"),
              word(3 * WORD),
              dynamic(VectorJson.hex(each, "payload"))));
    }
    List<Bytes> parts =
        new ArrayList<>(
            List.of(
                fixed(message, "origin"),
                number(message, "nonce"),
                fixed(message, "topic"),
                word(4 * WORD),
                word(commands.size())));
    long offset = (long) WORD * commands.size();
    for (Bytes each : commands) {
      parts.add(word(offset));
      offset += each.size();
    }
    parts.addAll(commands);
    return Bytes.concat(parts.toArray(Bytes[]::new));
  }

  private static Bytes dynamic(Bytes value) {
    int padding = (WORD - value.size() % WORD) % WORD;
    return Bytes.concat(word(value.size()), value, Bytes.wrap(new byte[padding]));
  }

  private static Bytes fixed(JsonNode node, String name) {
    return GrandpaCases.hash(node, name).bytes();
  }

  private static Bytes number(JsonNode node, String name) {
    BigInteger value = VectorJson.integer(node, name);
    if (value.signum() < 0 || value.bitLength() > 8 * WORD) {
      throw new DecodeException(name + " is out of range");
    }
    return new CanonicalWriter().u256(value).toBytes();
  }

  private static Bytes word(long value) {
    return new CanonicalWriter().u256(BigInteger.valueOf(value)).toBytes();
  }
}
