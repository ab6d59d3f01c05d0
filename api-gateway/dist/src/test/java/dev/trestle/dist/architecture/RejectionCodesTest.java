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
 * Every code with which a light client refuses something stands in the Javadoc of the very class
 * that refuses: by its text ({@code bad-prev}), by a link to the constant, or by a link to an enum
 * whose constants say of themselves what they mean. And that Javadoc cites what the rule is from.
 * Readers of test vectors are left out.
 */
class RejectionCodesTest {
  private static final Pattern JAVADOC = Pattern.compile("/\\*\\*.*?\\*/", Pattern.DOTALL);
  private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|//[^\\n]*", Pattern.DOTALL);
  private static final Pattern USE =
      Pattern.compile("\\b([A-Z]\\w*Code|ProofError)\\.([A-Z][A-Z_0-9]+)\\b");

  /** A standard, a source file of the reference implementation, or a quoted title. */
  private static final Pattern CITATION =
      Pattern.compile(
          "\\b(BIP|EIP|ERC|RFC|ICS|XLS|CVE|DESIGN|ADR|FIPS)[- ]?\\d"
              + "|Yellow Paper|EEA QBFT|IBFT 2|light-client/|verify(Existence|NonExistence)"
              + "|\\.(go|cpp|h|rs|sol|proto|kt|md)\\b|(specification|Fabric|Corda|XRPL), \"[A-Z]"
              + "|specification \\d|wire format, \"|documentation[,;]"
              + "|Membership Service Provider|\\{@code policies\\.\\w+\\}");

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

  /** Verifiers among the sources of a module: by name, with comments and without. */
  private static Map<String, String> verifiers(Map<String, String> sources) {
    Map<String, String> verifiers = new TreeMap<>();
    sources.forEach(
        (name, text) -> {
          boolean reader = name.contains("/vectors/") || name.endsWith("Vectors.java");
          if (!reader && USE.matcher(COMMENT.matcher(text).replaceAll(" ")).find()) {
            verifiers.put(name, text);
          }
        });
    return verifiers;
  }

  private static String javadoc(String text) {
    return JAVADOC
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .map(each -> each.replaceAll("\\s*\\n\\s*\\*\\s*", " "))
        .collect(Collectors.joining(" "));
  }

  /** Codes that a source uses and its own Javadoc does not name. */
  private static List<String> undocumented(String text, Map<String, String> enums) {
    String javadoc = javadoc(text);
    TreeSet<String> missing = new TreeSet<>();
    Matcher use = USE.matcher(COMMENT.matcher(text).replaceAll(" "));
    while (use.find()) {
      if (!isDocumented(use.group(1), use.group(2), javadoc, enums)) {
        missing.add(use.group());
      }
    }
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
  void everyCodeOfEveryVerifierIsDocumentedByIt() throws IOException {
    Map<String, Map<String, String>> modules = modules();
    Map<String, String> enums = enums(modules);
    assertThat(modules).hasSizeGreaterThanOrEqualTo(14);
    assertThat(enums).hasSizeGreaterThanOrEqualTo(8);
    Map<String, List<String>> missing = new TreeMap<>();
    List<String> uncited = new ArrayList<>();
    int verifiers = 0;
    for (Map<String, String> sources : modules.values()) {
      for (Map.Entry<String, String> verifier : verifiers(sources).entrySet()) {
        verifiers++;
        List<String> codes = undocumented(verifier.getValue(), enums);
        if (!codes.isEmpty()) {
          missing.put(verifier.getKey(), codes);
        }
        if (!CITATION.matcher(javadoc(verifier.getValue())).find()) {
          uncited.add(verifier.getKey());
        }
      }
    }
    assertThat(verifiers).isGreaterThanOrEqualTo(100);
    assertThat(missing).as("codes that a class uses and does not explain").isEmpty();
    assertThat(uncited).as("verifiers that cite no specification").isEmpty();
  }

  @Test
  void aCodeThatIsNowhereExplainedIsFound() {
    String use = "Verdict.reject(RejectionCode.BAD_PREV, OtherCode.TOO_LATE);";
    Map<String, String> bare = Map.of("OtherCode", "enum { TOO_LATE }");
    Map<String, String> explained = Map.of("OtherCode", "enum { /** Late. */ TOO_LATE }");
    String link = "/** {@link OtherCode}, {@code bad-prev}. */ ";
    assertThat(undocumented(use, explained))
        .containsExactly("OtherCode.TOO_LATE", "RejectionCode.BAD_PREV");
    assertThat(undocumented(link + use, bare)).containsExactly("OtherCode.TOO_LATE");
    assertThat(undocumented(link + use, explained)).isEmpty();
    assertThat(undocumented("// {@code bad-prev}\n" + use, explained))
        .contains("RejectionCode.BAD_PREV");
    assertThat(verifiers(Map.of("A.java", use, "B.java", "// " + use, "C.java", "int c;")))
        .containsOnlyKeys("A.java");
  }

  @Test
  void aVerifierThatCitesNothingIsFound() {
    for (String nothing : List.of("/** Checks it. */", "// BIP-94", "/** As ever, BIPs. */")) {
      assertThat(CITATION.matcher(javadoc(nothing)).find()).as(nothing).isFalse();
    }
    for (String cited :
        List.of("/** BIP-94. */", "/** light/verifier.go. */", "/** RFC 5280. */")) {
      assertThat(CITATION.matcher(javadoc(cited)).find()).as(cited).isTrue();
    }
  }
}
