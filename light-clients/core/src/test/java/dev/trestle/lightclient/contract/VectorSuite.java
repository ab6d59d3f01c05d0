package dev.trestle.lightclient.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.lightclient.vectors.CaseResult;
import dev.trestle.lightclient.vectors.FileReport;
import dev.trestle.lightclient.vectors.VectorFile;
import dev.trestle.lightclient.vectors.VectorFormat;
import dev.trestle.lightclient.vectors.VectorVerifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Runs every vector file that a family has copied to its test resources, through the same code as
 * {@code trestle light-client verify}, and prints the counts.
 */
public abstract class VectorSuite {
  private static final Path ROOT = Path.of("src", "test", "resources", "vectors");

  /** Larger files are of the same formats, and take long. */
  private static final int MAX_REWRITTEN = 200_000;

  /** The format under test; it must also be registered for {@link ServiceLoader}. */
  protected abstract VectorFormat format();

  /** Folders below {@code src/test/resources/vectors}; by default those of the format. */
  protected List<String> folders() {
    return format().folders();
  }

  /** Fewest cases that the folders hold: a reader that stops early must not pass. */
  protected abstract int leastCases();

  /** Cases and those of them that must be rejected, of one folder. */
  private static final class Count {
    private int files;
    private int cases;
    private int invalid;
  }

  @Test
  void everyVectorIsReadAndMatches() throws IOException {
    VectorVerifier verifier = new VectorVerifier(List.of(format()));
    Map<String, Count> counts = new TreeMap<>();
    List<String> wrong = new ArrayList<>();
    for (Path path : files()) {
      VectorFile file =
          new VectorFile(
              ROOT.relativize(path).toString().replace('\\', '/'),
              content(path),
              name -> sibling(path, name));
      Count count = counts.computeIfAbsent(folder(path), folder -> new Count());
      count.files++;
      switch (verifier.verify(file)) {
        case FileReport.Unknown unknown -> wrong.add(path + ": nobody reads it");
        case FileReport.PartOf(String owner) ->
            assertThat(path.resolveSibling(owner)).as("owner of %s", path).exists();
        case FileReport.Judged(List<CaseResult> results) -> {
          for (CaseResult result : results) {
            count.cases++;
            count.invalid += result.expected().toString().startsWith("rejected") ? 1 : 0;
            if (!result.match()) {
              wrong.add(
                  path + ": " + result.name() + ": " + result.expected() + ", " + result.actual());
            }
          }
        }
      }
    }
    print(counts);
    assertThat(wrong).as("files and cases that do not match").isEmpty();
    assertThat(counts.values().stream().mapToInt(count -> count.cases).sum())
        .isGreaterThanOrEqualTo(leastCases());
  }

  /**
   * The same files written otherwise: hex in capitals and with or without {@code 0x}, fields that
   * nobody knows, another order of fields, without their folder and with a suffix in capitals.
   */
  @Test
  void anotherWritingOfTheSameFileSaysTheSame() throws IOException {
    VectorVerifier verifier = new VectorVerifier(List.of(format()));
    List<String> wrong = new ArrayList<>();
    int rewritten = 0;
    for (Path path : files()) {
      Bytes content = content(path);
      if (!path.toString().endsWith(".json")
          || content.size() > MAX_REWRITTEN
          || keptAsWritten().stream().anyMatch(path.toString().replace('\\', '/')::contains)) {
        continue;
      }
      rewritten++;
      String name = path.getFileName().toString().replace(".json", ".JSON");
      VectorFile file =
          new VectorFile(name, new Rewriting().of(content), other -> sibling(path, other));
      FileReport report = verifier.verify(file);
      if (!(report instanceof FileReport.Judged(List<CaseResult> results))) {
        wrong.add(path + ": " + report);
        continue;
      }
      results.stream()
          .filter(result -> !result.match())
          .map(result -> path + ": " + result.name() + ": " + result.actual())
          .forEach(wrong::add);
    }
    System.out.printf("vectors %s: %d files written otherwise%n", format().family(), rewritten);
    assertThat(wrong).as("files that depend on how they are written").isEmpty();
    assertThat(rewritten).isPositive();
  }

  /**
   * Parts of the paths of files whose form says more than their values: where a missing {@code 0x}
   * makes it a text, or the names of fields are values.
   */
  protected List<String> keptAsWritten() {
    return List.of();
  }

  @Test
  void theFormatIsRegistered() {
    assertThat(ServiceLoader.load(VectorFormat.class).stream().map(ServiceLoader.Provider::type))
        .contains(format().getClass());
  }

  private void print(Map<String, Count> counts) {
    Count total = new Count();
    counts.forEach(
        (folder, count) -> {
          row(folder, count);
          total.files += count.files;
          total.cases += count.cases;
          total.invalid += count.invalid;
        });
    row(format().family() + " (all)", total);
  }

  private static void row(String name, Count count) {
    System.out.printf(
        "vectors %-44s %3d files %5d cases, %4d of them to be rejected%n",
        name, count.files, count.cases, count.invalid);
  }

  private List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String folder : folders()) {
      try (Stream<Path> walk = Files.walk(ROOT.resolve(folder))) {
        walk.filter(Files::isRegularFile)
            .filter(path -> !path.toString().endsWith(".md"))
            .sorted()
            .forEach(files::add);
      }
    }
    return files;
  }

  private static String folder(Path path) {
    Path relative = ROOT.relativize(path).getParent();
    return relative == null ? "." : relative.toString();
  }

  private static Bytes content(Path path) {
    try {
      return Bytes.wrap(Files.readAllBytes(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<Bytes> sibling(Path path, String name) {
    Path other = path.resolveSibling(name);
    return Files.isRegularFile(other) ? Optional.of(content(other)) : Optional.empty();
  }
}
