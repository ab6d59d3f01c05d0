package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page for operators names every key and every event, and none that is not there. */
class OperatingPageTest {
  private static final Path PAGE = Path.of("../docs/operating.md");
  private static final Pattern CODE = Pattern.compile("`([A-Za-z-]+)`");

  /** What stands in backquotes in the first cell of the rows of a section. */
  private static Set<String> firstCells(String section) throws IOException {
    Set<String> found = new TreeSet<>();
    String page = Files.readString(PAGE);
    int from = page.indexOf("\n## " + section + "\n");
    assertThat(from).as(section).isNotNegative();
    int next = page.indexOf("\n## ", from + 1);
    for (String line : page.substring(from, next).lines().toList()) {
      if (line.startsWith("| `")) {
        CODE.matcher(line.split("\\|", 3)[1]).results().forEach(cell -> found.add(cell.group(1)));
      }
    }
    return found;
  }

  @Test
  void namesEveryKey() throws IOException {
    List<String> keys = NodeConfigFile.KEYS.stream().map(ConfigKey::name).toList();
    assertThat(firstCells("Configuration")).containsExactlyInAnyOrderElementsOf(keys);
  }

  @Test
  void namesEveryEvent() throws IOException {
    List<String> events = Stream.of(NodeEvent.values()).map(NodeEvent::code).toList();
    assertThat(firstCells("Start and stop")).containsExactlyInAnyOrderElementsOf(events);
  }
}
