package dev.trestle.relay.node.simulated;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * One machine's disk. What is written to a file is durable when the file is forced, and its name,
 * or that it has none any more, when the directory is. When the machine fails, of the rest may be
 * left all, nothing, or what came first. Code that is written for {@link Path} and {@link
 * java.nio.channels.FileChannel} runs on it as it is. One thread only.
 */
public final class VirtualDisk {
  private final Power power;
  private final SplittableRandom random;
  private final Predicate<String> ignoresForce;
  private final VirtualFileSystem files = new VirtualFileSystem(this);
  private final TreeSet<String> directories = new TreeSet<>();
  private final TreeMap<String, VirtualFile> seen = new TreeMap<>();
  private final TreeMap<String, VirtualFile> durable = new TreeMap<>();
  private final List<Renaming> pending = new ArrayList<>();
  private long losses;

  /** A name gets a file, or none. */
  private record Renaming(String name, Optional<VirtualFile> file) {}

  /**
   * @param power asked before every change
   * @param ignoresForce files that are said to be forced and are not: a bug to be noticed
   */
  public VirtualDisk(Power power, SplittableRandom random, Predicate<String> ignoresForce) {
    this.power = power;
    this.random = random;
    this.ignoresForce = ignoresForce;
    this.directories.add("/");
  }

  /** An absolute path on this disk. */
  public Path path(String absolute) {
    return files.getPath(absolute);
  }

  /**
   * The machine has failed: what is left is what the next start finds. After {@link Failure#KILLED}
   * that is everything, but durable is only what was forced: the next failure may still take it.
   */
  public void fail(Failure failure) {
    if (failure == Failure.KILLED) {
      seen.values().forEach(VirtualFile::unlock);
      durable.values().forEach(VirtualFile::unlock);
      return;
    }
    int kept =
        switch (failure) {
          case KILLED -> throw new IllegalStateException("seen to above");
          case POWER_LOST -> 0;
          case TORN, SCRAMBLED -> random.nextInt(pending.size() + 1);
        };
    pending.subList(0, kept).forEach(each -> apply(durable, each));
    pending.clear();
    boolean lost = false;
    for (VirtualFile file : seen.values()) {
      lost |= file.fail(failure, random);
    }
    for (VirtualFile file : durable.values()) {
      lost |= file.fail(failure, random); // one that lost its name in vain
    }
    seen.clear();
    seen.putAll(durable);
    losses += lost ? 1 : 0;
  }

  /** All that is in a directory is gone, as after a repair of the file system. */
  public void lose(Path directory) {
    seen.keySet().removeIf(name -> name.startsWith(directory + "/"));
    durable.keySet().removeIf(name -> name.startsWith(directory + "/"));
  }

  /** Failures that lost something that was written and not forced. */
  public long losses() {
    return losses;
  }

  Power power() {
    return power;
  }

  Optional<VirtualFile> file(String name) {
    return Optional.ofNullable(seen.get(name));
  }

  boolean isDirectory(String name) {
    return directories.contains(name);
  }

  VirtualFile create(String name) {
    power.check();
    VirtualFile file = new VirtualFile();
    rename(new Renaming(name, Optional.of(file)));
    return file;
  }

  void createDirectory(String name) throws IOException {
    power.check();
    if (seen.containsKey(name) || !directories.add(name)) {
      throw new FileAlreadyExistsException(name);
    }
  }

  void delete(String name) throws IOException {
    require(name);
    power.check();
    rename(new Renaming(name, Optional.empty()));
  }

  void move(String from, String to) throws IOException {
    VirtualFile file = require(from);
    power.check();
    rename(new Renaming(to, Optional.of(file)));
    rename(new Renaming(from, Optional.empty()));
  }

  void force(String name, VirtualFile file) {
    power.check();
    if (!ignoresForce.test(name)) {
      file.force();
    }
  }

  /** The names of all directories: one journal has them all. */
  void forceNames() {
    power.check();
    pending.forEach(each -> apply(durable, each));
    pending.clear();
  }

  List<String> list(String directory) {
    String prefix = directory.equals("/") ? "/" : directory + "/";
    return seen.keySet().stream()
        .filter(name -> name.startsWith(prefix) && name.indexOf('/', prefix.length()) < 0)
        .toList();
  }

  private VirtualFile require(String name) throws NoSuchFileException {
    VirtualFile file = seen.get(name);
    if (file == null) {
      throw new NoSuchFileException(name);
    }
    return file;
  }

  private void rename(Renaming renaming) {
    apply(seen, renaming);
    pending.add(renaming);
  }

  private static void apply(Map<String, VirtualFile> names, Renaming renaming) {
    if (renaming.file().isPresent()) {
      names.put(renaming.name(), renaming.file().get());
    } else {
      names.remove(renaming.name());
    }
  }
}
