package dev.trestle.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Holds JSON against a schema of {@code openapi.json}: as much of JSON Schema as it uses. */
final class SchemaCheck {
  private final JsonNode api;

  SchemaCheck() {
    try (InputStream in = SchemaCheck.class.getResourceAsStream("/openapi.json")) {
      api = TestGateway.JSON.readTree(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  JsonNode api() {
    return api;
  }

  JsonNode schema(String name) {
    return api.path("components").path("schemas").path(name);
  }

  /** The schema of a successful answer. */
  JsonNode answer(String path, String method, int status) {
    return api.path("paths")
        .path(path)
        .path(method)
        .path("responses")
        .path(Integer.toString(status))
        .path("content")
        .path("application/json")
        .path("schema");
  }

  /** What is wrong with {@code value}; empty when nothing is. */
  List<String> faults(JsonNode schema, JsonNode value) {
    List<String> faults = new ArrayList<>();
    if (schema.isMissingNode()) {
      faults.add("there is no such schema");
    }
    check(schema, value, "", faults);
    return faults;
  }

  private void check(JsonNode schema, JsonNode value, String at, List<String> faults) {
    if (schema.has("$ref")) {
      String ref = schema.path("$ref").asString();
      check(schema(ref.substring(ref.lastIndexOf('/') + 1)), value, at, faults);
      return;
    }
    if (schema.has("enum")) {
      boolean known = false;
      for (JsonNode each : schema.path("enum")) {
        known |= each.equals(value);
      }
      if (!known) {
        faults.add(at + " is " + value + ", none of " + schema.path("enum"));
      }
    }
    switch (schema.path("type").asString("")) {
      case "object" -> object(schema, value, at, faults);
      case "array" -> {
        if (!value.isArray()) {
          faults.add(at + " is no array");
        }
        int index = 0;
        for (JsonNode item : value) {
          check(schema.path("items"), item, at + "/" + index++, faults);
        }
      }
      case "string" -> {
        String pattern = schema.path("pattern").asString("");
        if (!value.isString()) {
          faults.add(at + " is no string");
        } else if (!pattern.isEmpty()
            && !Pattern.compile(pattern).matcher(value.asString()).find()) {
          faults.add(at + " is " + value + ", not " + pattern);
        }
      }
      case "integer" -> {
        if (!value.isIntegralNumber()) {
          faults.add(at + " is no integer");
        }
      }
      case "boolean" -> {
        if (!value.isBoolean()) {
          faults.add(at + " is no boolean");
        }
      }
      default -> {}
    }
  }

  private void object(JsonNode schema, JsonNode value, String at, List<String> faults) {
    if (!value.isObject()) {
      faults.add(at + " is no object");
      return;
    }
    for (JsonNode required : schema.path("required")) {
      if (!value.has(required.asString())) {
        faults.add(at + " lacks " + required.asString());
      }
    }
    value
        .properties()
        .forEach(
            member -> {
              JsonNode known = schema.path("properties").path(member.getKey());
              if (known.isMissingNode()) {
                if (!schema.path("additionalProperties").asBoolean(true)) {
                  faults.add(at + " has an unknown member " + member.getKey());
                }
              } else {
                check(known, member.getValue(), at + "/" + member.getKey(), faults);
              }
            });
  }
}
