package dev.trestle.lightclient.cometbft;

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
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/** Runs folders of vectors through the formats that the service loader finds. */
final class VectorFolders {
  private VectorFolders() {}

  /** Results of every file below {@code folder}; files of no format are a failure. */
  static List<CaseResult> run(Path folder) {
    VectorVerifier verifier =
        new VectorVerifier(
            ServiceLoader.load(VectorFormat.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList());
    List<CaseResult> results = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path path : files.filter(VectorFolders::isVector).sorted().toList()) {
        switch (verifier.verify(file(path))) {
          case FileReport.Judged(List<CaseResult> judged) -> results.addAll(judged);
          case FileReport.PartOf partOf -> {}
          case FileReport.Unknown unknown -> throw new IllegalStateException("unknown: " + path);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return results;
  }

  private static boolean isVector(Path path) {
    return Files.isRegularFile(path) && !path.toString().endsWith(".md");
  }

  static VectorFile file(Path path) {
    return new VectorFile(
        path.toString().replace('\\', '/'),
        read(path),
        name ->
            Files.exists(path.resolveSibling(name))
                ? Optional.of(read(path.resolveSibling(name)))
                : Optional.empty());
  }

  private static Bytes read(Path path) {
    try {
      return Bytes.wrap(Files.readAllBytes(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
