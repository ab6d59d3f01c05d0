package dev.trestle.dist.compose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** The Dockerfile and the image's entry point fit the compose file, the launcher and our jars. */
final class ImageTest {
  private static final Path DOCKER = Path.of("api-gateway", "dist", "docker");
  private static final Pattern STAGE = Pattern.compile("FROM \\S+ AS (\\S+)");
  private static final Pattern UNPACKED =
      Pattern.compile("unzip -p '/jars/(\\S+)' '?([^\\s']+)'? > /native/(\\S+)");

  /** The second compiler stays on, which is what Java does without the flag. */
  private static final String DEFAULT_FLAG = "-XX:TieredStopAtLevel=4";

  @Test
  void everyImageIsBuiltByOneService() {
    Map<String, List<String>> built = new TreeMap<>();
    Set<String> used = new TreeSet<>();
    ComposeFile.load()
        .services()
        .forEach(
            (name, service) -> {
              String image = String.valueOf(service.get("image"));
              used.add(image);
              if (service.containsKey("build")) {
                Object target = ComposeFile.map(service.get("build")).get("target");
                built.computeIfAbsent(image, any -> new ArrayList<>()).add(String.valueOf(target));
              } else {
                assertThat(service).as(name).containsEntry("pull_policy", "never");
              }
            });
    assertThat(built.keySet()).isEqualTo(used);
    assertThat(built).allSatisfy((image, targets) -> assertThat(targets).hasSize(1));
    built.values().forEach(targets -> assertThat(runsUnprivileged(targets.getFirst())).isTrue());
    assertThat(runsUnprivileged("evm")).isFalse();
  }

  @Test
  void nativeCodeIsWhereTheImageLooksForIt() {
    List<String> unpacked = new ArrayList<>();
    Matcher matcher = UNPACKED.matcher(String.join("\n", dockerfile()));
    while (matcher.find()) {
      assertThat(matches(matcher.group(1), matcher.group(2))).as(matcher.group()).isEqualTo(1);
      unpacked.add(matcher.group(3));
    }
    assertThat(unpacked)
        .containsExactly(
            System.mapLibraryName("rocksdbjni"), System.mapLibraryName("secp256k1-jni"));
    assertThat(matches("rocksdbjni-*.jar", "librocksdb-of-old.so")).isZero();
    assertThat(entryPoint())
        .contains("-Djava.library.path=$home/native", "-Dfr.acinq.secp256k1.lib.path=$home/native");
  }

  @Test
  void entryPointHasTheFlagsOfTheLauncher() {
    String launcher = String.join(" ", lines(Path.of("trestle")));
    Matcher flags = Pattern.compile(" flags=\\(([^)]*)\\)").matcher(launcher);
    assertThat(flags.find()).isTrue();
    List<String> expected = new ArrayList<>(words(flags.group(1)));
    assertThat(expected.remove(DEFAULT_FLAG)).isTrue();
    assertThat(expected).hasSizeGreaterThan(10);
    assertThat(entryPoint()).containsAll(expected);
  }

  @Test
  void whatIsCopiedIsInTheContext() {
    List<String> context =
        lines(Path.of(".dockerignore")).stream()
            .filter(line -> line.startsWith("!"))
            .map(line -> line.substring(1))
            .toList();
    List<String> copied = new ArrayList<>();
    for (String line : dockerfile()) {
      List<String> words = words(line);
      if (words.getFirst().equals("COPY") && !words.get(1).startsWith("--from")) {
        copied.addAll(words.subList(1, words.size() - 1));
      }
    }
    assertThat(new TreeSet<>(copied)).isEqualTo(new TreeSet<>(context));
  }

  /** Whether the last user that a stage sets is the one of the compose file. */
  private static boolean runsUnprivileged(String stage) {
    String current = "";
    Optional<String> user = Optional.empty();
    for (String line : dockerfile()) {
      Matcher from = STAGE.matcher(line);
      if (from.matches()) {
        current = from.group(1);
      } else if (current.equals(stage) && line.startsWith("USER ")) {
        user = Optional.of(line.substring("USER ".length()));
      }
    }
    return user.equals(Optional.of("65532:65532"));
  }

  /** How many entries of jars on our class path have these names, which may hold {@code *}. */
  private static long matches(String jarName, String entryName) {
    PathMatcher jars = FileSystems.getDefault().getPathMatcher("glob:" + jarName);
    // unlike a shell's, the stars of unzip stand for slashes, too
    PathMatcher entries =
        FileSystems.getDefault().getPathMatcher("glob:" + entryName.replace("*", "**"));
    return Arrays.stream(System.getProperty("java.class.path").split(":", -1))
        .map(Path::of)
        .filter(path -> jars.matches(path.getFileName()))
        .flatMap(path -> entries(path).stream())
        .filter(name -> entries.matches(Path.of(name)))
        .count();
  }

  private static List<String> entries(Path jar) {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.stream().map(ZipEntry::getName).toList();
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + jar, e);
    }
  }

  private static List<String> dockerfile() {
    return lines(DOCKER.resolve("Dockerfile"));
  }

  private static List<String> entryPoint() {
    return words(String.join(" ", lines(DOCKER.resolve("trestle"))).replace("\"", ""));
  }

  private static List<String> words(String text) {
    return Arrays.asList(text.strip().split("[\\s\\\\]+", -1));
  }

  private static List<String> lines(Path inRepository) {
    try {
      return Files.readAllLines(ComposeFile.root().resolve(inRepository));
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + inRepository, e);
    }
  }
}
