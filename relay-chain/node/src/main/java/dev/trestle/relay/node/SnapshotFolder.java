package dev.trestle.relay.node;

import dev.trestle.base.TrestleException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** The snapshots that a running node makes: {@code data/snapshots/HEIGHT.snapshot}. */
final class SnapshotFolder {
  private static final String SUFFIX = ".snapshot";

  private final Path folder;

  SnapshotFolder(Path dataDir) {
    this.folder = dataDir.resolve("snapshots");
  }

  /** Where the snapshot of a height goes. */
  Path file(long height) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw fault("cannot make " + folder, e);
    }
    return folder.resolve("%020d".formatted(height) + SUFFIX);
  }

  /** Whole ones, the newest first. */
  List<Path> newestFirst() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().matches("[0-9]{20}\\" + SUFFIX))
          .sorted(Comparator.reverseOrder())
          .toList();
    } catch (IOException e) {
      throw fault("cannot read " + folder, e);
    }
  }

  Optional<Path> newest() {
    return newestFirst().stream().findFirst();
  }

  /** Height of the newest one. */
  OptionalLong newestHeight() {
    return newestFirst().stream()
        .map(file -> file.getFileName().toString())
        .mapToLong(name -> Long.parseLong(name.substring(0, name.length() - SUFFIX.length())))
        .findFirst();
  }

  /** Removes all but the {@code count} newest ones, and what a crash left unfinished. */
  void keep(int count) {
    try {
      for (Path file : newestFirst().stream().skip(count).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw fault("cannot remove a snapshot", e);
    }
  }

  /**
   * @throws TrestleException {@link NodeReason#NOT_FOUND} if there is none
   */
  SnapshotManifest copyNewest(Path out) {
    Path target = out.toAbsolutePath();
    if (Files.exists(target)) {
      throw new TrestleException(NodeReason.ALREADY_EXISTS, target + ": nothing is overwritten");
    }
    Path newest =
        newest()
            .orElseThrow(
                () ->
                    new TrestleException(
                        NodeReason.NOT_FOUND,
                        "the node runs and has made no snapshot yet: stop it, or wait"));
    Path part = target.resolveSibling(target.getFileName() + ".part");
    try {
      Files.copy(newest, part, StandardCopyOption.REPLACE_EXISTING);
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw fault("cannot write " + target, e);
    }
    try (SnapshotFile copied = SnapshotFile.open(target)) {
      return copied.manifest();
    }
  }

  private static TrestleException fault(String what, IOException cause) {
    return new TrestleException(NodeReason.STORAGE_FAULT, what, cause);
  }
}
