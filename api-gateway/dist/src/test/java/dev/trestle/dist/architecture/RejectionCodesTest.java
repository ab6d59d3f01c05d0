package dev.trestle.dist.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every code with which a light client refuses something stands in the Javadoc of its module: by
 * its text ({@code bad-prev}), by a link to the constant, or by a link to an enum whose constants
 * say of themselves what they mean. Readers of test vectors are left out.
 */
class RejectionCodesTest {
  private static final Pattern JAVADOC = Pattern.compile("/\\*\\*.*?\\*/", Pattern.DOTALL);
  private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|//[^\\n]*", Pattern.DOTALL);
  private static final Pattern USE =
      Pattern.compile("\\b([A-Z]\\w*Code|ProofError)\\.([A-Z][A-Z_0-9]+)\\b");

  /** Says what its constants mean only by their users. */
  private static final String SHARED = "RejectionCode";

  private static final List<String> NO_VERIFIERS = List.of("bench");

  private static Path lightClients() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(at.resolve("light-clients"))) {
      at = at.getParent();
      assertThat(at).as("a folder above with light-clients").isNotNull();
    }
    return at.resolve("light-clients");
  }

  /** Production sources of every module, by module and file name. */
  private static Map<String, Map<String, String>> modules() throws IOException {
    Map<String, Map<String, String>> modules = new TreeMap<>();
    Path root = lightClients();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : all.filter(each -> each.toString().endsWith(".java")).toList()) {
        Path inside = root.relativize(file);
        if (inside.startsWith(inside.getName(0).resolve("src/main/java"))) {
          modules
              .computeIfAbsent(inside.getName(0).toString(), name -> new TreeMap<>())
              .put(inside.toString(), Files.readString(file));
        }
      }
    }
    modules.keySet().removeAll(NO_VERIFIERS);
    return modules;
  }

  /** Codes that the sources of a module use and none of its Javadoc names. */
  private static List<String> undocumented(Map<String, String> sources, Map<String, String> enums) {
    String javadoc =
        sources.values().stream()
            .flatMap(text -> JAVADOC.matcher(text).results().map(MatchResult::group))
            .map(text -> text.replaceAll("\\s*\\n\\s*\\*", " "))
            .collect(Collectors.joining(" "));
    TreeSet<String> missing = new TreeSet<>();
    sources.forEach(
        (name, text) -> {
          if (!name.contains("/vectors/") && !name.endsWith("Vectors.java")) {
            Matcher use = USE.matcher(COMMENT.matcher(text).replaceAll(" "));
            while (use.find()) {
              if (!isDocumented(use.group(1), use.group(2), javadoc, enums)) {
                missing.add(use.group());
              }
            }
          }
        });
    return new ArrayList<>(missing);
  }

  private static boolean isDocumented(
      String type, String constant, String javadoc, Map<String, String> enums) {
    String code = constant.toLowerCase(Locale.ROOT).replace('_', '-');
    boolean named =
        has(javadoc, "\\{@code\\s+" + code + "\\}")
            || has(javadoc, "\\{@link\\s+" + type + "#" + constant + "\\b");
    boolean ofItself =
        !type.equals(SHARED)
            && has(javadoc, "\\{@link\\s+" + type + "[\\s}]")
            && has(enums.getOrDefault(type, ""), "\\*/\\s+" + constant + "\\b");
    return named || ofItself;
  }

  private static boolean has(String text, String pattern) {
    return Pattern.compile(pattern).matcher(text).find();
  }

  private static Map<String, String> enums(Map<String, Map<String, String>> modules) {
    Map<String, String> enums = new TreeMap<>();
    for (Map<String, String> sources : modules.values()) {
      sources.forEach(
          (name, text) -> {
            if (text.contains("implements ReasonCode")) {
              enums.put(Path.of(name).getFileName().toString().replace(".java", ""), text);
            }
          });
    }
    return enums;
  }

  @Test
  void everyCodeOfEveryVerifierIsDocumented() throws IOException {
    Map<String, Map<String, String>> modules = modules();
    Map<String, String> enums = enums(modules);
    assertThat(modules).hasSizeGreaterThanOrEqualTo(14);
    assertThat(enums).hasSizeGreaterThanOrEqualTo(8);
    modules.forEach(
        (module, sources) -> assertThat(undocumented(sources, enums)).as(module).isEmpty());
  }

  @Test
  void aCodeThatIsNowhereExplainedIsFound() {
    String use = "Verdict.reject(RejectionCode.BAD_PREV, OtherCode.TOO_LATE);";
    Map<String, String> bare = Map.of("OtherCode", "enum { TOO_LATE }");
    Map<String, String> explained = Map.of("OtherCode", "enum { /** Late. */ TOO_LATE }");
    String link = "/** {@link OtherCode}, {@code bad-prev}. */ ";
    assertThat(undocumented(Map.of("A.java", use), explained))
        .containsExactly("OtherCode.TOO_LATE", "RejectionCode.BAD_PREV");
    assertThat(undocumented(Map.of("A.java", link + use), bare))
        .containsExactly("OtherCode.TOO_LATE");
    assertThat(undocumented(Map.of("A.java", link + use), explained)).isEmpty();
    assertThat(undocumented(Map.of("A.java", "// {@code bad-prev}\n" + use), explained))
        .contains("RejectionCode.BAD_PREV");
  }
}
