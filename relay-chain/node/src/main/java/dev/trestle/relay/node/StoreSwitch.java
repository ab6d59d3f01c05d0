package dev.trestle.relay.node;

import dev.trestle.base.TrestleException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/**
 * Replaces a node's store as a whole, so that a crash at any moment leaves the old one or the new
 * one. A store grows in {@code store.staging}, is renamed to {@code store.ready} when it is whole
 * and verified, and becomes {@code store} at the next {@link #settle}.
 */
final class StoreSwitch {
  private final Path store;
  private final Path staging;
  private final Path ready;
  private final Path old;

  StoreSwitch(Path dataDir) {
    this.store = NodeFiles.store(dataDir);
    this.staging = dataDir.resolve("store.staging");
    this.ready = dataDir.resolve("store.ready");
    this.old = dataDir.resolve("store.old");
  }

  /** An empty folder for the next store. */
  Path stage() {
    remove(staging);
    return staging;
  }

  /** What is staged is whole: from here on it is the node's store. */
  void commit() {
    remove(ready);
    move(staging, ready);
  }

  /** The node starts without a store. */
  void discard() {
    if (Files.exists(store)) {
      remove(old);
      move(store, old);
      remove(old);
    }
  }

  /** Whether a whole store waits to take the place of one that is there. */
  boolean isPending() {
    return Files.exists(ready) && Files.exists(store);
  }

  /** The store that is there stays. */
  void keepOld() {
    remove(ready);
  }

  /** Ends or undoes what a crash left. To be called before the store is opened. */
  void settle() {
    steps().forEach(Runnable::run);
  }

  /** One by one, for tests that stop between them. Each can be repeated. */
  List<Runnable> steps() {
    return List.of(
        () -> {
          if (Files.exists(ready) && Files.exists(store)) {
            remove(old);
            move(store, old);
          }
        },
        () -> {
          if (Files.exists(ready)) {
            move(ready, store);
          }
        },
        () -> remove(old),
        () -> remove(staging));
  }

  private static void move(Path from, Path to) {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
      WriteAheadLog.forceDirectory(NodeFiles.folderOf(to));
    } catch (IOException e) {
      throw new TrestleException(NodeReason.STORAGE_FAULT, "cannot rename " + from, e);
    }
  }

  /** Removes a folder of the node's own with all that is in it, if it is there. */
  static void remove(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(
                Path directory, @org.jspecify.annotations.Nullable IOException fault)
                throws IOException {
              Files.delete(directory);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new TrestleException(NodeReason.STORAGE_FAULT, "cannot remove " + folder, e);
    }
  }
}
