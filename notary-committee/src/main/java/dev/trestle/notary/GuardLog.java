package dev.trestle.notary;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.crypto.Digests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * An append-only file of records that survives a kill at any instruction and notices when it was
 * changed, cut short or put back to an older copy.
 *
 * <p>The log: {@code "TNGD" | u8 version = 1 | 32 owner | u32 CRC-32C}, then records {@code u32
 * length | payload | u32 CRC-32C} whose checksum also covers the hash of all records before. Beside
 * it a mark {@code "TNGM" | u8 version = 1 | u64 count | 32 hash of all records | u32 CRC-32C},
 * written after each record. A log with fewer records than its mark counts was rolled back; only
 * the very last record may be torn, and only if the mark does not count it: then it never took
 * effect.
 */
final class GuardLog implements AutoCloseable {
  private static final Bytes LOG_MAGIC = Bytes.utf8("TNGD");
  private static final Bytes MARK_MAGIC = Bytes.utf8("TNGM");
  private static final int VERSION = 1;
  private static final int HEADER_SIZE = 4 + 1 + Hash32.SIZE + 4;

  /** Largest payload of a record, bytes. */
  private static final int MAX_PAYLOAD = 65_536;

  /** Largest log, bytes: about two million records. */
  private static final long MAX_SIZE = 256L << 20;

  private final FileChannel channel;
  private final FileLock lock;
  private final Path mark;
  private long count;
  private Hash32 head;
  private boolean broken;

  private GuardLog(FileChannel channel, FileLock lock, Path mark, long count, Hash32 head) {
    this.channel = channel;
    this.lock = lock;
    this.mark = mark;
    this.count = count;
    this.head = head;
  }

  /** An open log and what it held. */
  record Opened(GuardLog log, List<Bytes> records) {}

  private record Mark(long count, Hash32 head) {}

  private record Scan(List<Bytes> records, List<Hash32> heads, long end, boolean torn) {}

  /**
   * Starts an empty log.
   *
   * @param owner whose log it is
   * @throws TrestleException if there is one, or was one
   */
  static void create(Path file, Hash32 owner) {
    Path mark = markOf(file);
    try {
      if (Files.exists(mark) && readMark(mark).count() > 0) {
        throw new TrestleException(
            NotaryCode.GUARD_ROLLED_BACK, "the log of an existing mark is gone: " + mark);
      }
      if (Files.exists(file)) {
        throw new TrestleException(NotaryCode.GUARD_EXISTS, "a guard is never overwritten");
      }
      writeMark(mark, new Mark(0, genesis(owner)));
      try (FileChannel channel =
          FileChannel.open(
              file,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PrivateFiles.ATTRIBUTE)) {
        writeFully(channel, header(owner));
        channel.force(true);
      }
      PrivateFiles.syncFolder(PrivateFiles.folderOf(file));
    } catch (FileAlreadyExistsException e) {
      throw new TrestleException(NotaryCode.GUARD_EXISTS, "a guard is never overwritten", e);
    } catch (IOException e) {
      throw new TrestleException(NotaryCode.STORAGE, "cannot create the guard", e);
    }
  }

  /**
   * Reads everything and locks the log against other processes.
   *
   * @throws TrestleException if it is missing, in use, of another owner, changed or rolled back
   */
  static Opened open(Path file, Hash32 owner) {
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw new TrestleException(NotaryCode.GUARD_IN_USE, "another process holds the guard");
      }
      Opened opened = load(channel, lock, markOf(file), owner);
      channel = null;
      return opened;
    } catch (NoSuchFileException e) {
      throw new TrestleException(NotaryCode.GUARD_MISSING, "no guard at " + e.getFile(), e);
    } catch (OverlappingFileLockException e) {
      throw new TrestleException(NotaryCode.GUARD_IN_USE, "this process holds the guard", e);
    } catch (IOException e) {
      throw new TrestleException(NotaryCode.STORAGE, "cannot open the guard", e);
    } finally {
      closeQuietly(channel);
    }
  }

  private static Opened load(FileChannel channel, FileLock lock, Path markFile, Hash32 owner)
      throws IOException {
    Mark mark = readMark(markFile);
    if (channel.size() > MAX_SIZE) {
      throw corrupt("a log of " + channel.size() + " bytes");
    }
    Bytes content = readFully(channel);
    checkHeader(content, owner);
    Scan scan = scan(content, genesis(owner));
    long found = scan.records().size();
    boolean knownPast = mark.count() <= found && found <= mark.count() + 1;
    if (!knownPast || !scan.heads().get((int) mark.count()).equals(mark.head())) {
      throw new TrestleException(
          NotaryCode.GUARD_ROLLED_BACK, found + " records where the mark counts " + mark.count());
    }
    if (scan.torn()) {
      channel.truncate(scan.end());
      channel.force(true);
    }
    channel.position(scan.end());
    Hash32 head = scan.heads().getLast();
    if (found != mark.count()) {
      writeMark(markFile, new Mark(found, head));
    }
    return new Opened(new GuardLog(channel, lock, markFile, found, head), scan.records());
  }

  private static Scan scan(Bytes content, Hash32 start) {
    List<Bytes> records = new ArrayList<>();
    List<Hash32> heads = new ArrayList<>(List.of(start));
    int at = HEADER_SIZE;
    while (at < content.size()) {
      int left = content.size() - at;
      long length = left < 4 ? 0 : u32(content, at);
      if (left < 4 || length + 8 > left) {
        return new Scan(records, heads, at, true); // incomplete: the mark decides if it may be
      }
      if (length > MAX_PAYLOAD) {
        throw corrupt("a record of " + length + " bytes");
      }
      int end = at + 4 + (int) length;
      Bytes payload = content.slice(at + 4, end);
      if (u32(content, end) != checksum(heads.getLast(), content.slice(at, end))) {
        if (end + 4 == content.size()) {
          return new Scan(records, heads, at, true);
        }
        throw corrupt("record " + records.size() + " was changed");
      }
      records.add(payload);
      heads.add(next(heads.getLast(), payload));
      at = end + 4;
    }
    return new Scan(records, heads, at, false);
  }

  /**
   * Appends a record; it is durable when this returns. After a failure the log takes no more: what
   * is on the disk is found out by opening it again.
   */
  void append(Bytes payload) {
    if (broken) {
      throw new TrestleException(NotaryCode.STORAGE, "the guard failed before: open it again");
    }
    if (payload.size() > MAX_PAYLOAD) {
      throw new IllegalArgumentException("a record of " + payload.size() + " bytes");
    }
    broken = true;
    try {
      Bytes body = new CanonicalWriter().bytes(payload).toBytes();
      writeFully(channel, new CanonicalWriter().fixed(body).u32(checksum(head, body)).toBytes());
      channel.force(true);
      Hash32 newHead = next(head, payload);
      writeMark(mark, new Mark(count + 1, newHead));
      count++;
      head = newHead;
    } catch (IOException e) {
      throw new TrestleException(NotaryCode.STORAGE, "cannot append to the guard", e);
    }
    broken = false;
  }

  @Override
  public void close() {
    broken = true;
    try {
      lock.release();
      channel.close();
    } catch (IOException e) {
      throw new TrestleException(NotaryCode.STORAGE, "cannot close the guard", e);
    }
  }

  private static Path markOf(Path file) {
    return file.resolveSibling(file.getFileName() + ".mark");
  }

  private static void writeMark(Path file, Mark mark) throws IOException {
    Bytes body =
        new CanonicalWriter()
            .fixed(MARK_MAGIC)
            .u8(VERSION)
            .u64(mark.count())
            .hash(mark.head())
            .toBytes();
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.deleteIfExists(next);
    try (FileChannel channel =
        FileChannel.open(
            next,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PrivateFiles.ATTRIBUTE)) {
      writeFully(
          channel, new CanonicalWriter().fixed(body).u32(checksum(Hash32.ZERO, body)).toBytes());
      channel.force(true);
    }
    Files.move(
        next,
        file,
        java.nio.file.StandardCopyOption.ATOMIC_MOVE,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    PrivateFiles.syncFolder(PrivateFiles.folderOf(file));
  }

  private static Mark readMark(Path file) throws IOException {
    try {
      return CanonicalReader.decode(
          Bytes.wrap(Files.readAllBytes(file)),
          in -> {
            Bytes body = in.fixed(MARK_MAGIC.size() + 1 + 8 + Hash32.SIZE);
            if (in.u32() != checksum(Hash32.ZERO, body)) {
              throw new DecodeException("checksum");
            }
            return CanonicalReader.decode(body, GuardLog::readMarkBody);
          });
    } catch (NoSuchFileException e) {
      throw new TrestleException(NotaryCode.GUARD_ROLLED_BACK, "the mark is gone", e);
    } catch (DecodeException e) {
      throw corrupt("the mark: " + e.getMessage());
    }
  }

  private static Mark readMarkBody(CanonicalReader in) {
    if (!in.fixed(MARK_MAGIC.size()).equals(MARK_MAGIC) || in.u8() != VERSION) {
      throw new DecodeException("not a mark of version " + VERSION);
    }
    return new Mark(in.u64(), in.hash());
  }

  private static Bytes header(Hash32 owner) {
    Bytes body = new CanonicalWriter().fixed(LOG_MAGIC).u8(VERSION).hash(owner).toBytes();
    return new CanonicalWriter().fixed(body).u32(checksum(Hash32.ZERO, body)).toBytes();
  }

  private static void checkHeader(Bytes content, Hash32 owner) {
    if (content.size() < HEADER_SIZE) {
      throw corrupt("no header");
    }
    Bytes found = content.slice(0, HEADER_SIZE);
    if (found.equals(header(owner))) {
      return;
    }
    Hash32 other = new Hash32(found.slice(5, 5 + Hash32.SIZE));
    if (found.equals(header(other))) {
      throw new TrestleException(NotaryCode.GUARD_OF_ANOTHER_MEMBER, "the guard of " + other);
    }
    throw corrupt("the header was changed");
  }

  private static Hash32 genesis(Hash32 owner) {
    return Digests.tagged("TRESTLE/notary/guard/v1", owner.bytes());
  }

  private static Hash32 next(Hash32 head, Bytes payload) {
    return Digests.sha256(head.bytes(), payload);
  }

  private static long checksum(Hash32 head, Bytes body) {
    CRC32C crc = new CRC32C();
    crc.update(head.toArray());
    crc.update(body.toArray());
    return crc.getValue();
  }

  private static long u32(Bytes content, int at) {
    return new CanonicalReader(content.slice(at, at + 4)).u32();
  }

  private static TrestleException corrupt(String detail) {
    return new TrestleException(NotaryCode.GUARD_CORRUPT, detail);
  }

  private static Bytes readFully(FileChannel channel) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate((int) channel.size());
    channel.position(0);
    while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
      // until the end
    }
    return Bytes.wrap(buffer.array());
  }

  private static void writeFully(FileChannel channel, Bytes content) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(content.toArray());
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private static void closeQuietly(@org.jspecify.annotations.Nullable FileChannel channel) {
    if (channel == null) {
      return;
    }
    try {
      channel.close();
    } catch (IOException ignored) {
      // the fault that led here is the one to report
    }
  }
}
