package dev.trestle.relay.node;

import dev.trestle.base.TrestleException;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** How much room there is where a node writes. */
@FunctionalInterface
public interface DiskSpace {
  /** Bytes that this process may still write; 0 if the file system does not say. */
  long freeBytes();

  /** The least that is free on the file systems of these existing folders. */
  static DiskSpace of(List<Path> folders) {
    List<File> all = folders.stream().map(Path::toFile).toList();
    return () -> all.stream().mapToLong(File::getUsableSpace).min().orElse(0);
  }

  /** Whether a fault comes from a disk, or a quota of it, that has no room (ENOSPC, EDQUOT). */
  static boolean isFull(Throwable fault) {
    for (Throwable at = fault; at != null; at = at.getCause()) {
      boolean rocks =
          at instanceof RocksDBException e
              && e.getStatus() != null
              && e.getStatus().getSubCode() == Status.SubCode.NoSpace;
      if (rocks || FullDisk.SAID.matcher(String.valueOf(at.getMessage())).find()) {
        return true;
      }
      if (at instanceof TrestleException e && e.code() == NodeReason.DISK_FULL) {
        return true;
      }
    }
    return false;
  }

  /** What the C library says, which the JVM and RocksDB pass on as a message. */
  final class FullDisk {
    static final Pattern SAID =
        Pattern.compile("No space left on device|Disk quota exceeded|Not enough space");

    private FullDisk() {}
  }
}
