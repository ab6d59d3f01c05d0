package dev.trestle.cli;

import dev.trestle.base.Bytes;
import dev.trestle.lightclient.vectors.CaseResult;
import dev.trestle.lightclient.vectors.FileReport;
import dev.trestle.lightclient.vectors.VectorFile;
import dev.trestle.lightclient.vectors.VectorVerifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Finds vector files on the disk and has each of them judged once. */
final class VectorFolder {
  private final VectorVerifier verifier;
  private final Consumer<CaseResult> results;
  private final Consumer<Path> skipped;
  private final Set<Path> done = new TreeSet<>();

  /**
   * @param results told every case as soon as it is judged
   * @param skipped told every file of a folder that belongs to no known family
   */
  VectorFolder(VectorVerifier verifier, Consumer<CaseResult> results, Consumer<Path> skipped) {
    this.verifier = verifier;
    this.results = results;
    this.skipped = skipped;
  }

  /**
   * Judges a file, or all files below a folder in order of their names. Documentation and hidden
   * files are left out.
   *
   * @throws CliException if there is no such file
   */
  void judge(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      for (Path file : below(path)) {
        judge(file, false);
      }
    } else if (Files.isRegularFile(path)) {
      judge(path, true);
    } else {
      throw new CliException("no-such-file", Failures.NOT_FOUND, path + " does not exist");
    }
  }

  private static List<Path> below(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> walk = Files.walk(folder)) {
      walk.filter(Files::isRegularFile)
          .filter(file -> !file.getFileName().toString().endsWith(".md"))
          .filter(file -> !isHidden(folder.relativize(file)))
          .sorted()
          .forEach(files::add);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return files;
  }

  private static boolean isHidden(Path relative) {
    for (Path part : relative) {
      if (part.toString().startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  private void judge(Path path, boolean named) throws IOException {
    Path full = path.toAbsolutePath().normalize();
    if (!done.add(full)) {
      return;
    }
    String shown = shown(path);
    Optional<Bytes> content = content(path);
    if (content.isEmpty()) {
      results.accept(CaseResult.unreadable(shown, "", "over " + VectorFile.MAX_SIZE + " bytes"));
      return;
    }
    VectorFile file = new VectorFile(shown(full), content.get(), name -> sibling(path, name));
    FileReport report = verifier.verify(file, result -> results.accept(result.in(shown)));
    switch (report) {
      case FileReport.Judged judged -> {}
      case FileReport.PartOf(String owner) -> judgeOwner(path, owner);
      case FileReport.Unknown unknown -> {
        if (named) {
          results.accept(CaseResult.unreadable(shown, "", "of no known family"));
        } else {
          skipped.accept(path);
        }
      }
    }
  }

  /** The file whose cases use {@code part}: judged in its place. */
  private void judgeOwner(Path part, String owner) throws IOException {
    Path path = part.resolveSibling(owner);
    if (Files.isRegularFile(path)) {
      judge(path, true);
    } else {
      results.accept(CaseResult.unreadable(shown(part), "", "without " + owner + " beside it"));
    }
  }

  private static String shown(Path path) {
    return path.toString().replace('\\', '/');
  }

  private static Optional<Bytes> content(Path path) throws IOException {
    // Bounded while reading: a size that was asked for before may have changed.
    try (var in = Files.newInputStream(path)) {
      byte[] content = in.readNBytes(VectorFile.MAX_SIZE + 1);
      return content.length > VectorFile.MAX_SIZE
          ? Optional.empty()
          : Optional.of(Bytes.wrap(content));
    }
  }

  private static Optional<Bytes> sibling(Path path, String name) {
    Path other = path.resolveSibling(name);
    try {
      return Files.isRegularFile(other) ? content(other) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
