package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.TrestleException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * The consensus log of a validator: append-only segment files. {@link #append} only hands bytes to
 * the operating system, {@link #sync} makes all of them durable with one force, and nothing that
 * follows from a record may leave the node before that. One thread only.
 *
 * <p>A record cut off at the end is the normal trace of a crash and is cut away. A damaged record
 * with a whole one after it is not: then everything is put aside, and the log reports damage at
 * every start until {@link #acknowledgeDamage} is called, so that the validator abstains where it
 * may have forgotten what it signed. After a failed write or force the log refuses all further
 * work: the kernel may have dropped the pages.
 */
public final class WriteAheadLog implements AutoCloseable {
  /** A segment is closed when it has this many bytes. */
  public static final int SEGMENT_BYTES = 16 << 20;

  private static final String SUFFIX = ".wal";
  private static final String DAMAGE_MARKER = "DAMAGED";

  private final Path directory;
  private final int segmentBytes;
  private final List<Segment> segments = new ArrayList<>();
  private FileChannel channel;
  private long nextLsn;

  /** Everything below is on the disk. */
  private long forcedLsn;

  private long segmentSize;
  private boolean damaged;
  private boolean failed;

  /** Told how many nanoseconds each force took. */
  private volatile LongConsumer watcher = nanos -> {};

  private record Segment(Path file, long firstLsn) {}

  /**
   * @param records all whole records, oldest first
   * @param damaged records were lost other than by a crash while appending
   */
  public record Recovery(WriteAheadLog log, List<WalRecord> records, boolean damaged) {}

  private WriteAheadLog(Path directory, int segmentBytes, FileChannel channel) {
    this.directory = directory;
    this.segmentBytes = segmentBytes;
    this.channel = channel;
  }

  public static Recovery open(Path directory) {
    return open(directory, SEGMENT_BYTES);
  }

  static Recovery open(Path directory, int segmentBytes) {
    try {
      Files.createDirectories(directory);
      boolean marked = Files.exists(directory.resolve(DAMAGE_MARKER));
      WalScan scan = marked ? WalScan.damaged() : WalScan.of(segmentFiles(directory));
      if (scan.isDamaged()) {
        long next = putAside(directory);
        WriteAheadLog log = start(directory, segmentBytes, next);
        log.damaged = true;
        return new Recovery(log, List.of(), true);
      }
      return new Recovery(resume(directory, segmentBytes, scan), scan.records(), false);
    } catch (IOException e) {
      throw fault("cannot open the write-ahead log", e);
    }
  }

  /** Appends without making durable; returns the record's LSN. */
  public long append(int type, Bytes payload) {
    usable();
    WalRecord record = new WalRecord(nextLsn, type, payload);
    try {
      if (segmentSize > WalFormat.SEGMENT_HEADER_BYTES
          && segmentSize + WalFormat.encodedSize(record) > segmentBytes) {
        roll();
      }
      write(channel, WalFormat.encode(record));
    } catch (IOException e) {
      failed = true;
      throw fault("cannot append to the write-ahead log", e);
    }
    segmentSize += WalFormat.encodedSize(record);
    nextLsn++;
    return record.lsn();
  }

  /** {@code told} gets the nanoseconds of every {@link #sync} from now on. */
  void watch(LongConsumer told) {
    watcher = told;
  }

  /** Makes everything appended so far durable. */
  public void sync() {
    usable();
    long start = System.nanoTime();
    try {
      channel.force(false);
    } catch (IOException e) {
      failed = true;
      throw fault("cannot force the write-ahead log", e);
    }
    forcedLsn = nextLsn;
    watcher.accept(System.nanoTime() - start);
  }

  /** Deletes the segments that hold only records below {@code lsn}. */
  public void prune(long lsn) {
    try {
      while (segments.size() > 1 && segments.get(1).firstLsn() <= lsn) {
        Files.deleteIfExists(segments.removeFirst().file());
      }
    } catch (IOException e) {
      throw fault("cannot prune the write-ahead log", e);
    }
  }

  /** The caller has durably noted what it must abstain from. */
  public void acknowledgeDamage() {
    if (damaged) {
      sync();
      try {
        Files.deleteIfExists(directory.resolve(DAMAGE_MARKER));
        forceDirectory(directory);
      } catch (IOException e) {
        throw fault("cannot clear the damage marker", e);
      }
      damaged = false;
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw fault("cannot close the write-ahead log", e);
    }
  }

  private void roll() throws IOException {
    channel.force(false);
    channel.close();
    channel = newSegment(nextLsn);
  }

  private FileChannel newSegment(long firstLsn) throws IOException {
    Path file = directory.resolve("%020d".formatted(firstLsn) + SUFFIX);
    FileChannel opened =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    write(opened, WalFormat.segmentHeader(firstLsn));
    opened.force(true);
    forceDirectory(directory);
    segments.removeIf(segment -> segment.file().equals(file));
    segments.add(new Segment(file, firstLsn));
    nextLsn = firstLsn;
    forcedLsn = firstLsn; // a segment begins when the one before is forced
    segmentSize = WalFormat.SEGMENT_HEADER_BYTES;
    return opened;
  }

  private static WriteAheadLog start(Path directory, int segmentBytes, long firstLsn)
      throws IOException {
    Path first = directory.resolve("%020d".formatted(firstLsn) + SUFFIX);
    WriteAheadLog log =
        new WriteAheadLog(
            directory,
            segmentBytes,
            FileChannel.open(first, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
    log.channel.close();
    log.channel = log.newSegment(firstLsn);
    return log;
  }

  private static WriteAheadLog resume(Path directory, int segmentBytes, WalScan scan)
      throws IOException {
    if (scan.segments().isEmpty()) {
      return start(directory, segmentBytes, scan.nextLsn());
    }
    WalScan.Segment last = scan.segments().getLast();
    FileChannel channel = FileChannel.open(last.file(), StandardOpenOption.WRITE);
    if (channel.size() != last.validBytes()) {
      channel.truncate(last.validBytes());
    }
    // a process that was killed leaves records, and names of segments, that only the system knows
    channel.force(true);
    forceDirectory(directory);
    channel.position(last.validBytes());
    WriteAheadLog log = new WriteAheadLog(directory, segmentBytes, channel);
    scan.segments().forEach(each -> log.segments.add(new Segment(each.file(), each.firstLsn())));
    log.segmentSize = last.validBytes();
    log.nextLsn = scan.nextLsn();
    log.forcedLsn = scan.nextLsn();
    if (last.validBytes() == 0) {
      channel.close();
      log.channel = log.newSegment(scan.nextLsn());
    }
    return log;
  }

  /** Marks the log damaged, renames all segments and returns an LSN above all of theirs. */
  private static long putAside(Path directory) throws IOException {
    Path marker = directory.resolve(DAMAGE_MARKER);
    if (!Files.exists(marker)) {
      try (FileChannel created =
          FileChannel.open(marker, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        created.force(true);
      }
      forceDirectory(directory);
    }
    long next = 0;
    for (Path file : segmentFiles(directory)) {
      next = Math.max(next, nominalLsn(file) + Files.size(file));
      Files.move(
          file,
          file.resolveSibling(file.getFileName() + ".damaged"),
          StandardCopyOption.REPLACE_EXISTING);
    }
    forceDirectory(directory);
    return next;
  }

  private static long nominalLsn(Path segment) {
    String name = segment.getFileName().toString();
    return Long.parseLong(name.substring(0, name.length() - SUFFIX.length()));
  }

  private static List<Path> segmentFiles(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().matches("[0-9]{20}\\.wal"))
          .sorted(Comparator.comparing(file -> file.getFileName().toString()))
          .toList();
    }
  }

  private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  static void forceDirectory(Path directory) throws IOException {
    try (FileChannel handle = FileChannel.open(directory, StandardOpenOption.READ)) {
      handle.force(true);
    }
  }

  private void usable() {
    if (failed) {
      throw new TrestleException(
          NodeReason.STORAGE_FAULT, "the write-ahead log failed before and may have lost records");
    }
  }

  private static TrestleException fault(String what, IOException cause) {
    return new TrestleException(NodeReason.STORAGE_FAULT, what, cause);
  }

  /** LSN of the record that is appended next. */
  public long nextLsn() {
    return nextLsn;
  }

  /** All records below this LSN are durable; others may be lost in a crash. */
  public long forcedLsn() {
    return forcedLsn;
  }
}
