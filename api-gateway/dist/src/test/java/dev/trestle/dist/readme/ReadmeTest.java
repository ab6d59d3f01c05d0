package dev.trestle.dist.readme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What of the README can be checked without starting anything. */
final class ReadmeTest {
  private static final Pattern SNIPPET =
      Pattern.compile("(?ms)^ *// README \\w+$\\n(.*?)^ *// README end$");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)\\)");
  private static final Pattern MODULE =
      Pattern.compile(
          "`((?:light-clients|adapters|relay-chain|api-gateway)/[a-z-]+"
              + "|htlc-engine|notary-committee)`");

  @Test
  void javaIsTheJavaThatIsCompiled() throws IOException {
    Path source =
        Readme.root()
            .resolve("api-gateway/dist/src/test/java/dev/trestle/dist/readme/ReadmeExamples.java");
    Matcher matcher = SNIPPET.matcher(Files.readString(source));
    List<String> compiled = new ArrayList<>();
    while (matcher.find()) {
      compiled.add(matcher.group(1).stripTrailing().stripIndent() + "\n");
    }
    assertThat(compiled).hasSize(3);
    assertThat(Readme.load().blocks("java")).isEqualTo(compiled);
  }

  @Test
  void linksAndModulesExist() {
    Readme readme = Readme.load();
    assertThat(LINK.matcher(readme.text()).results().map(link -> link.group(1)))
        .isNotEmpty()
        .allSatisfy(path -> assertThat(Readme.root().resolve(path)).exists());
    assertThat(MODULE.matcher(readme.text()).results().map(module -> module.group(1)))
        .hasSizeGreaterThan(28)
        .allSatisfy(path -> assertThat(Readme.root().resolve(path).resolve("pom.xml")).exists());
  }

  @Test
  void isShort() {
    assertThat(Readme.load().text().lines().count()).isLessThan(300);
  }

  /** What holds for n must not be told with the numbers of the local network. */
  @Test
  void quorumsAreThoseOfAnyNumber() {
    assertThat(fixedQuorums(Readme.load())).isEmpty();
    Readme control =
        Readme.parse("3 of 4 validators sign.\n```text\ntrust  3 of 4 validators\n```\n");
    assertThat(fixedQuorums(control)).containsExactly("3 of 4");
  }

  /** Outside of what commands print. */
  private static List<String> fixedQuorums(Readme readme) {
    String prose =
        Pattern.compile("(?ms)^```text\\n.*?^```$").matcher(readme.text()).replaceAll("");
    return Pattern.compile("\\b\\d+ of \\d+\\b")
        .matcher(prose)
        .results()
        .map(MatchResult::group)
        .toList();
  }

  @Test
  void shapesTellWordsFromNumbers() {
    String actual = "{\"height\":731,\"head\":\"00ab34cd56ef7890\",\"healthy\":true}\n";
    assertThat(Readme.missing("{\"height\":12,\"head\":\"…\",\"healthy\":true}", actual)).isEmpty();
    assertThat(Readme.missing("{\"height\":12,\"head\":\"…\",\"healthy\":false}", actual))
        .contains("{\"height\":12,\"head\":\"…\",\"healthy\":false}");
    assertThat(Readme.missing("{\"heigth\":12,…", actual)).isPresent();
  }
}
