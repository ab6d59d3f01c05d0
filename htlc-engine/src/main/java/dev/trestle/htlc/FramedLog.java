package dev.trestle.htlc;

import dev.trestle.base.Bytes;
import dev.trestle.htlc.JournalException.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32C;

/**
 * An append-only file of checksummed frames. {@link #append} returns when the frame is on disk;
 * threads that append at the same time share one fsync.
 *
 * <pre>
 * file  : "TRSJ" | u8 version = 1 | frames
 * frame : u32 0x5452464d | u32 length | u64 sequence | u64 durable | payload | u32 CRC-32C
 * </pre>
 *
 * The checksum covers everything of the frame before it. {@code durable} is the highest sequence
 * that was on disk when the frame was written: it tells a batch that a crash tore (cut off when the
 * file is opened) from damage to what was durable (refused).
 */
final class FramedLog implements AutoCloseable {
  /** Largest payload, bytes. */
  static final int MAX_PAYLOAD = 1 << 20;

  private static final byte[] HEADER = {'T', 'R', 'S', 'J', 1};
  private static final int MARK = 0x5452464d;
  private static final int PREFIX = 4 + 4 + 8 + 8;
  private static final int CHECKSUM = 4;

  private final FileChannel channel;
  private final FileLock fileLock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition written = lock.newCondition();
  private final List<Bytes> replayed;
  private List<Bytes> pending = new ArrayList<>();
  private long appended;
  private long durable;
  private boolean writing;
  private boolean broken;

  private FramedLog(FileChannel channel, FileLock fileLock, Scan scan) {
    this.channel = channel;
    this.fileLock = fileLock;
    this.replayed = List.copyOf(scan.payloads);
    this.appended = scan.sequence;
    this.durable = scan.sequence;
  }

  /**
   * Opens or makes the file and cuts off a torn end.
   *
   * @throws JournalException if it is damaged, in use or cannot be read
   */
  static FramedLog open(Path file) {
    try {
      boolean fresh = !Files.exists(file);
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      try {
        FileLock fileLock = lockOf(channel, file);
        Scan scan = Scan.of(readAll(channel));
        channel.truncate(scan.end);
        channel.position(scan.end);
        if (scan.end < HEADER.length) {
          channel.truncate(0);
          writeFully(channel.position(0), ByteBuffer.wrap(HEADER));
        }
        channel.force(true);
        if (fresh) {
          syncFolder(file);
        }
        return new FramedLog(channel, fileLock, scan);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new JournalException(Fault.IO, "cannot open " + file.getFileName(), e);
    }
  }

  /** What was in the file when it was opened, oldest first. */
  List<Bytes> replayed() {
    return replayed;
  }

  /**
   * Returns when {@code payload} is durable.
   *
   * @throws JournalException if it may not be; the log then refuses everything
   */
  void append(Bytes payload) {
    if (payload.size() > MAX_PAYLOAD) {
      throw new IllegalArgumentException("a record of " + payload.size() + " bytes");
    }
    lock.lock();
    try {
      refuseIfBroken();
      pending.add(payload);
      long mine = ++appended;
      while (durable < mine) {
        refuseIfBroken();
        if (writing) {
          written.awaitUninterruptibly();
        } else {
          writePending();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Called with the lock held; gives it up while the disk works. */
  private void writePending() {
    List<Bytes> batch = pending;
    pending = new ArrayList<>();
    long before = durable;
    writing = true;
    boolean done = false;
    lock.unlock();
    try {
      writeFully(channel, frames(batch, before));
      channel.force(false);
      done = true;
    } catch (IOException e) {
      throw new JournalException(Fault.IO, "cannot write", e);
    } finally {
      lock.lock();
      writing = false;
      broken |= !done;
      if (done) {
        durable = before + batch.size();
      }
      written.signalAll();
    }
  }

  private void refuseIfBroken() {
    if (broken) {
      throw new JournalException(Fault.CLOSED, "an earlier write failed, or it was closed");
    }
  }

  private static ByteBuffer frames(List<Bytes> batch, long durable) {
    int size = batch.stream().mapToInt(p -> PREFIX + p.size() + CHECKSUM).sum();
    ByteBuffer out = ByteBuffer.allocate(size);
    long sequence = durable;
    for (Bytes payload : batch) {
      int start = out.position();
      out.putInt(MARK).putInt(payload.size()).putLong(++sequence).putLong(durable);
      out.put(payload.toArray());
      CRC32C crc = new CRC32C();
      crc.update(out.array(), start, out.position() - start);
      out.putInt((int) crc.getValue());
    }
    return out.flip();
  }

  @Override
  public void close() {
    lock.lock();
    try {
      while (writing) {
        written.awaitUninterruptibly();
      }
      broken = true;
      written.signalAll();
      fileLock.release();
      channel.close();
    } catch (IOException e) {
      throw new JournalException(Fault.IO, "cannot close", e);
    } finally {
      lock.unlock();
    }
  }

  private static FileLock lockOf(FileChannel channel, Path file) throws IOException {
    FileLock fileLock;
    try {
      fileLock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      throw new JournalException(Fault.IN_USE, file.getFileName() + " is open already", e);
    }
    if (fileLock == null) {
      throw new JournalException(Fault.IN_USE, file.getFileName() + " is open elsewhere");
    }
    return fileLock;
  }

  private static byte[] readAll(FileChannel channel) throws IOException {
    ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(channel.size()));
    while (all.hasRemaining() && channel.read(all, all.position()) >= 0) {
      // read on
    }
    return all.array();
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** A new file is durable only once its folder is. */
  static void syncFolder(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      try (FileChannel handle = FileChannel.open(folder, StandardOpenOption.READ)) {
        handle.force(true);
      }
    }
  }

  /** What a file holds: payloads up to {@code end}; the rest was never durable. */
  private record Scan(List<Bytes> payloads, long sequence, int end) {
    static Scan of(byte[] file) {
      if (file.length < HEADER.length) {
        return new Scan(List.of(), 0, 0);
      }
      if (!java.util.Arrays.equals(file, 0, HEADER.length, HEADER, 0, HEADER.length)) {
        throw new JournalException(Fault.CORRUPT, "not a journal of version 1");
      }
      List<Bytes> payloads = new ArrayList<>();
      ByteBuffer buffer = ByteBuffer.wrap(file);
      int at = HEADER.length;
      long sequence = 0;
      while (frameLength(buffer, at) > 0 && buffer.getLong(at + 8) == sequence + 1) {
        int length = frameLength(buffer, at);
        payloads.add(
            Bytes.of(java.util.Arrays.copyOfRange(file, at + PREFIX, at + length - CHECKSUM)));
        at += length;
        sequence++;
      }
      for (int later = at + 1; later <= file.length - PREFIX; later++) {
        if (frameLength(buffer, later) > 0 && buffer.getLong(later + 16) > sequence) {
          throw new JournalException(Fault.CORRUPT, "record " + (sequence + 1) + " is damaged");
        }
      }
      return new Scan(payloads, sequence, at);
    }

    /** Length of a whole and unharmed frame at {@code at}, or 0. */
    private static int frameLength(ByteBuffer file, int at) {
      if (file.limit() - at < PREFIX + CHECKSUM || file.getInt(at) != MARK) {
        return 0;
      }
      int payload = file.getInt(at + 4);
      if (payload < 0 || payload > MAX_PAYLOAD || file.limit() - at - PREFIX - CHECKSUM < payload) {
        return 0;
      }
      CRC32C crc = new CRC32C();
      crc.update(file.slice(at, PREFIX + payload));
      boolean whole = file.getInt(at + PREFIX + payload) == (int) crc.getValue();
      return whole ? PREFIX + payload + CHECKSUM : 0;
    }
  }
}
