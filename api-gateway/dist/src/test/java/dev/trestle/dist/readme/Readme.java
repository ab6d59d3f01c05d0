package dev.trestle.dist.readme;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** README.md as what it promises: commands, what they print, and Java. */
final class Readme {
  private static final Pattern FENCE = Pattern.compile("(?ms)^```(\\w+)\\n(.*?)^```$");
  private static final Pattern VARIABLE =
      Pattern.compile("…|0x[0-9a-fA-F]+|[0-9a-fA-F]{16,}|bcrt1[0-9a-z]+|[0-9][0-9.]*|\\s+");

  /** One fenced block. */
  record Block(String language, String text) {}

  /**
   * A block of commands.
   *
   * @param output what the README says that they print; {@code …} stands for anything
   */
  record Example(String commands, Optional<String> output) {}

  private final List<Block> blocks = new ArrayList<>();
  private final String text;

  private Readme(String text) {
    this.text = text;
    Matcher matcher = FENCE.matcher(text);
    while (matcher.find()) {
      blocks.add(new Block(matcher.group(1), matcher.group(2)));
    }
  }

  static Readme parse(String text) {
    return new Readme(text);
  }

  static Readme load() {
    try {
      return new Readme(Files.readString(root().resolve("README.md")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The folder with docker-compose.yml: the module may be built from anywhere. */
  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("docker-compose.yml"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new IllegalStateException("docker-compose.yml is in no folder above this one");
      }
    }
    return folder;
  }

  String text() {
    return text;
  }

  List<String> blocks(String language) {
    return blocks.stream()
        .filter(block -> block.language().equals(language))
        .map(Block::text)
        .toList();
  }

  /** Every {@code sh} block in the order of the page, with the {@code text} block after it. */
  List<Example> examples() {
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < blocks.size(); i++) {
      if (blocks.get(i).language().equals("sh")) {
        Optional<String> output =
            i + 1 < blocks.size() && blocks.get(i + 1).language().equals("text")
                ? Optional.of(blocks.get(i + 1).text())
                : Optional.empty();
        examples.add(new Example(blocks.get(i).text(), output));
      }
    }
    return examples;
  }

  /**
   * The first printed line that {@code actual} has nothing like; numbers, hashes and addresses may
   * differ, words may not.
   */
  static Optional<String> missing(String printed, String actual) {
    return printed
        .lines()
        .filter(line -> !line.isBlank())
        .filter(line -> !shape(line.strip()).matcher(actual).find())
        .findFirst();
  }

  private static Pattern shape(String line) {
    StringBuilder regex = new StringBuilder();
    Matcher matcher = VARIABLE.matcher(line);
    int from = 0;
    while (matcher.find()) {
      regex.append(Pattern.quote(line.substring(from, matcher.start())));
      regex.append(like(matcher.group()));
      from = matcher.end();
    }
    regex.append(Pattern.quote(line.substring(from)));
    return Pattern.compile(regex.toString());
  }

  private static String like(String variable) {
    if (variable.equals("…")) {
      return ".*";
    }
    return variable.isBlank() ? "\\s+" : "[0-9a-zA-Z.]+";
  }
}
