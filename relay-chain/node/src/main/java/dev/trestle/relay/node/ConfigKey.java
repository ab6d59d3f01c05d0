package dev.trestle.relay.node;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * A key of a node's configuration and what may stand there.
 *
 * @param required whether it must be there; otherwise a default is used
 */
record ConfigKey(String name, Holds holds, boolean required) {

  /** What may stand at a key. */
  sealed interface Holds {
    /** What is wrong with a value; empty if nothing is. */
    Optional<String> complaint(JsonNode value);

    /** For people. */
    String allowed();
  }

  /** A text that is not empty. */
  record Text(String allowed) implements Holds {
    static final int MAX_LENGTH = 4_096;

    @Override
    public Optional<String> complaint(JsonNode value) {
      return value.isString()
              && !value.asString().isBlank()
              && value.asString().length() <= MAX_LENGTH
          ? Optional.empty()
          : Optional.of("not a text");
    }
  }

  /** A path, relative to the configuration file unless it is absolute. */
  record Place() implements Holds {
    @Override
    public Optional<String> complaint(JsonNode value) {
      if (!value.isString() || value.asString().isBlank()) {
        return Optional.of("not a text");
      }
      try {
        Path path = Path.of(value.asString());
        return path.toString().length() <= Text.MAX_LENGTH
            ? Optional.empty()
            : Optional.of("too long");
      } catch (InvalidPathException e) {
        return Optional.of("not a path");
      }
    }

    @Override
    public String allowed() {
      return "a path";
    }
  }

  /** A whole number, bounds included. */
  record Whole(long min, long max) implements Holds {
    @Override
    public Optional<String> complaint(JsonNode value) {
      if (!value.isIntegralNumber()) {
        return Optional.of("not a whole number");
      }
      boolean fits = value.canConvertToLong() && value.asLong() >= min && value.asLong() <= max;
      return fits ? Optional.empty() : Optional.of("out of range");
    }

    @Override
    public String allowed() {
      return "a whole number from " + min + " to " + max;
    }
  }

  /** Zero, which stands for none, or a number within bounds. */
  record OrZero(Whole otherwise) implements Holds {
    @Override
    public Optional<String> complaint(JsonNode value) {
      return value.isIntegralNumber() && value.canConvertToLong() && value.asLong() == 0
          ? Optional.empty()
          : otherwise.complaint(value);
    }

    @Override
    public String allowed() {
      return "0 or " + otherwise.allowed();
    }
  }

  /** True or false. */
  record Flag() implements Holds {
    @Override
    public Optional<String> complaint(JsonNode value) {
      return value.isBoolean() ? Optional.empty() : Optional.of("neither true nor false");
    }

    @Override
    public String allowed() {
      return "true or false";
    }
  }

  /** One of some words. */
  record Choice(List<String> words) implements Holds {
    Choice {
      words = List.copyOf(words);
    }

    @Override
    public Optional<String> complaint(JsonNode value) {
      return value.isString() && words.contains(value.asString())
          ? Optional.empty()
          : Optional.of("not one of the words");
    }

    @Override
    public String allowed() {
      return String.join(", ", words);
    }
  }

  /** A list of {@code host:port}. */
  record Addresses(int most) implements Holds {
    @Override
    public Optional<String> complaint(JsonNode value) {
      if (!value.isArray()) {
        return Optional.of("not a list");
      }
      if (value.size() > most) {
        return Optional.of(value.size() + " entries");
      }
      List<String> wrong = new ArrayList<>();
      for (JsonNode each : value) {
        if (!each.isString() || PeerAddress.tryParse(each.asString()).isEmpty()) {
          wrong.add(each.isString() ? each.asString() : each.toString());
        }
      }
      return wrong.isEmpty()
          ? Optional.empty()
          : Optional.of(
              wrong.stream().limit(3).collect(Collectors.joining(", ", "not host:port: ", "")));
    }

    @Override
    public String allowed() {
      return "a list of at most " + most + " texts host:port";
    }
  }

  /** What is wrong here in a document; empty if nothing is. */
  Optional<ConfigProblem> check(JsonNode document) {
    JsonNode value = document.path(name);
    if (value.isMissingNode()) {
      return required
          ? Optional.of(ConfigProblem.of(name, value, "missing", holds.allowed()))
          : Optional.empty();
    }
    return holds.complaint(value).map(what -> ConfigProblem.of(name, value, what, holds.allowed()));
  }
}
