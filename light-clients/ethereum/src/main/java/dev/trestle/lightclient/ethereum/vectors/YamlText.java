package dev.trestle.lightclient.ethereum.vectors;

import dev.trestle.base.DecodeException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The part of YAML in which the consensus spec tests are written: mappings and lists in block form,
 * mappings in flow form, plain and quoted scalars. Anchors, tags, block scalars and documents are
 * refused. Scalars become strings.
 */
final class YamlText {
  private static final int MAX_DEPTH = 16;
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** A logical line: flow mappings are joined to one. */
  private record Line(int indent, String text) {}

  private final List<Line> lines;
  private int at;

  private YamlText(List<Line> lines) {
    this.lines = lines;
  }

  static JsonNode parse(String text) {
    YamlText yaml = new YamlText(lines(text));
    if (yaml.lines.isEmpty()) {
      return NODES.objectNode();
    }
    JsonNode node = yaml.block(yaml.lines.getFirst().indent(), 0);
    if (yaml.at != yaml.lines.size()) {
      throw new DecodeException("YAML: " + yaml.lines.get(yaml.at).text());
    }
    return node;
  }

  private static List<Line> lines(String text) {
    List<Line> lines = new ArrayList<>();
    StringBuilder open = new StringBuilder();
    int indent = 0;
    for (String raw : text.lines().toList()) {
      String line = raw.strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      if (open.isEmpty()) {
        indent = raw.length() - raw.stripLeading().length();
      } else {
        open.append(' ');
      }
      open.append(line);
      if (depth(open) == 0) {
        lines.add(new Line(indent, open.toString()));
        open.setLength(0);
      }
    }
    if (!open.isEmpty()) {
      throw new DecodeException("YAML: a mapping without end");
    }
    return lines;
  }

  private static int depth(CharSequence text) {
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      depth += text.charAt(i) == '{' ? 1 : text.charAt(i) == '}' ? -1 : 0;
    }
    return depth;
  }

  private JsonNode block(int indent, int depth) {
    if (depth > MAX_DEPTH) {
      throw new DecodeException("YAML: more than " + MAX_DEPTH + " levels");
    }
    String first = lines.get(at).text();
    if (first.startsWith("{")) {
      at++;
      return value(first);
    }
    return first.equals("-") || first.startsWith("- ")
        ? list(indent, depth)
        : mapping(indent, depth);
  }

  private ArrayNode list(int indent, int depth) {
    ArrayNode items = NODES.arrayNode();
    while (at < lines.size() && lines.get(at).indent() == indent) {
      String text = lines.get(at).text();
      if (!text.startsWith("- ")) {
        throw new DecodeException("YAML: " + text);
      }
      // The item is a block of its own, as far in as its text stands.
      String rest = text.substring(2);
      int inner = indent + 2 + rest.length() - rest.stripLeading().length();
      lines.set(at, new Line(inner, rest.strip()));
      items.add(block(inner, depth + 1));
    }
    return items;
  }

  private ObjectNode mapping(int indent, int depth) {
    ObjectNode fields = NODES.objectNode();
    while (at < lines.size() && lines.get(at).indent() == indent) {
      String text = lines.get(at).text();
      int colon = text.indexOf(':');
      if (colon < 1 || text.startsWith("- ")) {
        throw new DecodeException("YAML: " + text);
      }
      String name = text.substring(0, colon).strip();
      String rest = text.substring(colon + 1).strip();
      at++;
      boolean nested = rest.isEmpty() && at < lines.size() && lines.get(at).indent() > indent;
      boolean listBelow =
          rest.isEmpty()
              && at < lines.size()
              && lines.get(at).indent() == indent
              && lines.get(at).text().startsWith("- ");
      JsonNode value = nested || listBelow ? block(lines.get(at).indent(), depth + 1) : value(rest);
      fields.set(name, value);
    }
    return fields;
  }

  private static JsonNode value(String text) {
    if (text.isEmpty() || text.equals("null") || text.equals("~")) {
      return NODES.nullNode();
    }
    if (text.startsWith("{")) {
      return flow(text);
    }
    if ("&*!|>[".indexOf(text.charAt(0)) >= 0) {
      throw new DecodeException("YAML: " + text);
    }
    return NODES.stringNode(unquoted(text));
  }

  private static ObjectNode flow(String text) {
    String body = text.substring(1, text.length() - 1);
    if (!text.endsWith("}") || body.contains("{") || body.contains("}")) {
      throw new DecodeException("YAML: " + text);
    }
    ObjectNode fields = NODES.objectNode();
    for (String each : body.split(",", -1)) {
      int colon = each.indexOf(':');
      if (each.isBlank()) {
        continue;
      }
      if (colon < 1) {
        throw new DecodeException("YAML: " + each);
      }
      fields.set(each.substring(0, colon).strip(), value(each.substring(colon + 1).strip()));
    }
    return fields;
  }

  private static String unquoted(String text) {
    boolean quoted =
        text.length() >= 2
            && (text.charAt(0) == '\'' || text.charAt(0) == '"')
            && text.charAt(text.length() - 1) == text.charAt(0);
    return quoted ? text.substring(1, text.length() - 1) : text;
  }
}
