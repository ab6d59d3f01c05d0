package dev.trestle.lightclient.contract;

import dev.trestle.base.Bytes;
import dev.trestle.lightclient.vectors.VectorJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Writes JSON in another form that means the same to whoever reads hex and known fields. */
final class Rewriting {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** At least 20 bytes, with a letter: not a decimal number, not a word. */
  private static final Pattern HEX = Pattern.compile("(0x)?(?=[0-9]*[a-f])([0-9a-f]{2}){20,}");

  private boolean prefixed;

  Bytes of(Bytes json) {
    return Bytes.utf8(" \n" + other(VectorJson.parse(json), false).toString() + "\n");
  }

  private JsonNode other(JsonNode node, boolean item) {
    return switch (node) {
      case ObjectNode object -> other(object, item);
      case ArrayNode array -> {
        ArrayNode out = NODES.arrayNode();
        array.forEach(each -> out.add(other(each, true)));
        yield out;
      }
      default -> node.isString() ? NODES.stringNode(other(node.asString())) : node;
    };
  }

  /** Items of lists get a field more: names of the fields of other objects may be values. */
  private JsonNode other(ObjectNode object, boolean item) {
    List<String> names = new ArrayList<>(object.propertyNames());
    ObjectNode out = NODES.objectNode();
    if (item) {
      out.set("unknown field", NODES.objectNode().put("valid", "no").putNull("case"));
    }
    for (String name : names.reversed()) {
      out.set(name, other(object.get(name), false));
    }
    return out;
  }

  private String other(String text) {
    if (!HEX.matcher(text).matches()) {
      return text;
    }
    String digits = text.startsWith("0x") ? text.substring(2) : text;
    prefixed = !prefixed;
    return (prefixed ? "0x" : "") + digits.toUpperCase(Locale.ROOT);
  }
}
