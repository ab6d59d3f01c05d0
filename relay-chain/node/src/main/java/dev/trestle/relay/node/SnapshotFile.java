package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.base.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * A snapshot in a file: {@code "TRESNAP" | u8 version = 1 | chunks | manifest | u32 bytes of the
 * manifest | "TRESNAP" | u8 version = 1}. The manifest stands last because it is known last.
 */
final class SnapshotFile implements AutoCloseable {
  private static final byte[] MAGIC = {'T', 'R', 'E', 'S', 'N', 'A', 'P', 1};
  private static final int TAIL = 4 + MAGIC.length;

  private final FileChannel channel;
  private final SnapshotManifest manifest;
  private final long[] starts;

  private SnapshotFile(FileChannel channel, SnapshotManifest manifest) {
    this.channel = channel;
    this.manifest = manifest;
    this.starts = new long[manifest.chunks().size()];
    long at = MAGIC.length;
    for (int i = 0; i < starts.length; i++) {
      starts[i] = at;
      at += manifest.chunks().get(i).bytes();
    }
  }

  /**
   * Writes the snapshot of a store's head. The file is there whole or not at all.
   *
   * @throws TrestleException {@link NodeReason#ALREADY_EXISTS} if there is such a file
   */
  static SnapshotManifest create(Path file, RocksStore store, Hash32 chainId) {
    try (Tables.Frozen frozen = store.freeze()) {
      return create(file, frozen, chainId);
    }
  }

  /** As {@link #create(Path, RocksStore, Hash32)}, of one version of a store. */
  static SnapshotManifest create(Path file, Tables.Reads reads, Hash32 chainId) {
    Path target = file.toAbsolutePath();
    if (Files.exists(target)) {
      throw new TrestleException(NodeReason.ALREADY_EXISTS, target + ": nothing is overwritten");
    }
    Path part = target.resolveSibling(target.getFileName() + ".part");
    try {
      SnapshotManifest manifest;
      try (FileChannel out =
          FileChannel.open(
              part,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        write(out, MAGIC);
        manifest = SnapshotExport.run(reads, chainId, chunk -> append(out, chunk));
        Bytes last = manifest.encode();
        append(out, last);
        write(out, ByteBuffer.allocate(4).putInt(last.size()).array());
        write(out, MAGIC);
        out.force(true);
      }
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      WriteAheadLog.forceDirectory(NodeFiles.folderOf(target));
      return manifest;
    } catch (IOException | UncheckedIOException e) {
      throw new TrestleException(NodeReason.STORAGE_FAULT, "cannot write " + target, e);
    }
  }

  /**
   * Reads the manifest.
   *
   * @throws TrestleException {@link NodeReason#SNAPSHOT_INVALID} if it is no whole snapshot
   */
  static SnapshotFile open(Path file) {
    try {
      FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
      try {
        return new SnapshotFile(channel, manifest(channel));
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new TrestleException(NodeReason.STORAGE_FAULT, "cannot read " + file, e);
    }
  }

  SnapshotManifest manifest() {
    return manifest;
  }

  /** Encoded; rejected if it is not the one that the manifest names. */
  Verdict<Bytes> chunk(int index) {
    SnapshotManifest.Item item = manifest.chunks().get(index);
    try {
      Bytes found = read(channel, starts[index], item.bytes());
      return item.isOf(found)
          ? Verdict.accept(found)
          : Verdict.reject(NodeReason.SNAPSHOT_INVALID, "chunk " + index + " is damaged");
    } catch (IOException e) {
      throw new TrestleException(NodeReason.STORAGE_FAULT, "cannot read a snapshot", e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new TrestleException(NodeReason.STORAGE_FAULT, "cannot close a snapshot", e);
    }
  }

  private static SnapshotManifest manifest(FileChannel channel) throws IOException {
    long size = channel.size();
    if (size < MAGIC.length + TAIL) {
      throw invalid("too short");
    }
    Bytes tail = read(channel, size - TAIL, TAIL);
    int length = ByteBuffer.wrap(tail.slice(0, 4).toArray()).getInt();
    boolean framed =
        Arrays.equals(read(channel, 0, MAGIC.length).toArray(), MAGIC)
            && Arrays.equals(tail.slice(4, TAIL).toArray(), MAGIC);
    if (!framed
        || length < 1
        || length > SnapshotManifest.MAX_BYTES
        || length > size - MAGIC.length - TAIL) {
      throw invalid("not a snapshot of version 1, or cut off");
    }
    SnapshotManifest manifest =
        NodeReset.accepted(SnapshotManifest.decode(read(channel, size - TAIL - length, length)));
    if (manifest.totalBytes() + length + MAGIC.length + TAIL != size) {
      throw invalid("the manifest names another size");
    }
    return manifest;
  }

  private static Bytes read(FileChannel channel, long at, int size) throws IOException {
    ByteBuffer into = ByteBuffer.allocate(size);
    while (into.hasRemaining()) {
      if (channel.read(into, at + into.position()) < 0) {
        throw invalid("cut off");
      }
    }
    return Bytes.wrap(into.array());
  }

  private static void append(FileChannel out, Bytes bytes) {
    try {
      write(out, bytes.toArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(FileChannel out, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      out.write(buffer);
    }
  }

  private static TrestleException invalid(String what) {
    return new TrestleException(NodeReason.SNAPSHOT_INVALID, what);
  }
}
