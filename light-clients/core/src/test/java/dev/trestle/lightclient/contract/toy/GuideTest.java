package dev.trestle.lightclient.contract.toy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.lightclient.contract.LightClientContract;
import dev.trestle.lightclient.vectors.CaseResult;
import dev.trestle.lightclient.vectors.FileReport;
import dev.trestle.lightclient.vectors.VectorFile;
import dev.trestle.lightclient.vectors.VectorFormat;
import dev.trestle.lightclient.vectors.VectorVerifier;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code light-clients/docs/adding-a-family.md} tells the truth: its examples are sources that
 * compile, its tables name the methods that there are, and its two lines make a family known.
 */
class GuideTest {
  private static final Path GUIDE = Path.of("..", "docs", "adding-a-family.md");
  private static final Path SOURCES =
      Path.of("src", "test", "java", "dev", "trestle", "lightclient", "contract", "toy");
  private static final Pattern CODE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (`.*?) \\|.*$");
  private static final Pattern NAME = Pattern.compile("`([a-zA-Z]+)\\(");

  @TempDir private Path folder = Path.of(".");

  private static String guide() throws IOException {
    return Files.readString(GUIDE);
  }

  private static String squeezed(String text) {
    return text.replaceAll("\\s+", "");
  }

  /** Code blocks of a text that are in no source. */
  private static List<String> foreign(String text) throws IOException {
    StringBuilder sources = new StringBuilder();
    try (Stream<Path> files = Files.list(SOURCES)) {
      for (Path file : files.sorted().toList()) {
        sources.append(squeezed(Files.readString(file)));
      }
    }
    return CODE.matcher(text)
        .results()
        .map(block -> block.group(1))
        .filter(block -> sources.indexOf(squeezed(block)) < 0)
        .toList();
  }

  @Test
  void itsExamplesAreCompiledSources() throws IOException {
    assertThat(CODE.matcher(guide()).results().count()).isGreaterThanOrEqualTo(2);
    assertThat(foreign(guide())).isEmpty();
    assertThat(foreign("```java\nint notThere = " + "7;\n```")).hasSize(1);
  }

  /** Methods in the first column of a section's tables. */
  private static Set<String> named(String section) throws IOException {
    String text = guide();
    int start = text.indexOf(section);
    assertThat(start).as(section).isNotNegative();
    int end = text.indexOf("\n## ", start + 1);
    return ROW.matcher(text.substring(start, end < 0 ? text.length() : end))
        .results()
        .map(row -> row.group(1))
        .flatMap(row -> NAME.matcher(row).results())
        .map((MatchResult name) -> name.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void itsTablesNameTheMethodsThatThereAre() throws IOException {
    Set<String> methods =
        Arrays.stream(LightClient.class.getDeclaredMethods())
            .map(Method::getName)
            .filter(name -> !name.contains("$"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(named("## 2. The client")).isEqualTo(methods);
    Set<String> hooks = new TreeSet<>();
    for (Class<?> type = LightClientContract.class;
        type != Object.class;
        type = type.getSuperclass()) {
      for (Method method : type.getDeclaredMethods()) {
        if (Modifier.isProtected(method.getModifiers()) && !method.getName().contains("$")) {
          hooks.add(method.getName());
        }
      }
    }
    assertThat(named("## 3. The contract")).isEqualTo(hooks);
  }

  private void service(Class<?> service, Class<?> provider) throws IOException {
    assertThat(guide()).contains("META-INF/services/" + service.getName());
    Path file = folder.resolve("META-INF/services").resolve(service.getName());
    Files.createDirectories(file.getParent());
    Files.writeString(file, provider.getName() + "\n");
  }

  @Test
  void itsTwoLinesMakeAFamilyKnown() throws IOException {
    service(LightClientFamily.class, ToyFamily.class);
    service(VectorFormat.class, ToyVectors.class);
    URL[] here = {folder.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(here, getClass().getClassLoader())) {
      assertThat(ServiceLoader.load(LightClientFamily.class, loader))
          .extracting(LightClientFamily::type)
          .contains("toy/1");
      assertThat(ServiceLoader.load(VectorFormat.class, loader))
          .extracting(VectorFormat::family)
          .contains("toy");
    }
    assertThat(ServiceLoader.load(LightClientFamily.class))
        .extracting(LightClientFamily::type)
        .doesNotContain("toy/1");
  }

  @Test
  void itsVectorFormatReadsAndJudges() {
    ToyAnchor anchor = new ToyAnchor(Bytes.utf8("toy"), 7, 10_000);
    ToyHeader header = new ToyHeader(1, 10_010, ToyHeader.root(List.of()));
    String json =
        """
        {"toy_anchor": "%s", "cases": [
          {"comment": "five of seven", "update": "%s", "now": 10500, "valid": true},
          {"comment": "four of seven", "update": "%s", "now": 10500, "valid": false, "reason": "quorum-low"}]}
        """
            .formatted(
                anchor.encode().toHex(),
                ToyHeader.Signed.by(anchor, header, 0, 5).toHex(),
                ToyHeader.Signed.by(anchor, header, 0, 4).toHex());
    VectorFile file = new VectorFile("a.json", Bytes.utf8(json), name -> Optional.empty());
    FileReport report = new VectorVerifier(List.of(new ToyVectors())).verify(file);
    assertThat(((FileReport.Judged) report).results()).hasSize(2).allMatch(CaseResult::match);
  }
}
