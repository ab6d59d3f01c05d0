package dev.trestle.lightclient.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * The inputs from which fuzz targets start, checked in beside the test's resources: a normal run
 * replays them. Formats change, and seeds of a former format start nowhere: so a test compares
 * them, and writes them where {@code TRESTLE_WRITE_SEEDS} is set.
 */
public final class FuzzSeeds {
  private static final String WRITE = "TRESTLE_WRITE_SEEDS";

  private FuzzSeeds() {}

  /**
   * Compares the files of a test class with what its formats are now. Further files, such as the
   * inputs of former findings, may be beside them.
   *
   * @param seeds by {@code target/name}
   * @throws AssertionError naming what is missing or of another form
   */
  public static void check(Class<?> test, SortedMap<String, Bytes> seeds) throws IOException {
    Path folder =
        Path.of("src", "test", "resources", test.getPackageName().replace('.', '/'))
            .resolve(test.getSimpleName() + "Inputs");
    List<String> wrong = new ArrayList<>();
    for (var seed : seeds.entrySet()) {
      Path file = folder.resolve(seed.getKey());
      byte[] now = seed.getValue().toArray();
      if (!Files.isRegularFile(file)
          || !Bytes.wrap(Files.readAllBytes(file)).equals(seed.getValue())) {
        if (System.getenv(WRITE) == null) {
          wrong.add(seed.getKey());
        } else {
          Files.createDirectories(file.getParent());
          Files.write(file, now);
        }
      }
    }
    assertThat(wrong)
        .as("seeds that are not of today's formats; %s=1 writes them", WRITE)
        .isEmpty();
  }
}
