package dev.trestle.relay.node;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when the disk has too little room to go on, and when it has enough again. Between the two
 * lies an eighth of the limit, so that a node does not come and go. On the core thread.
 */
final class DiskWatch {
  private static final Logger LOG = LoggerFactory.getLogger(DiskWatch.class);

  /** Milliseconds between two looks. */
  static final long INTERVAL_MS = 500;

  private static final long MEBIBYTE = 1 << 20;

  private final DiskSpace space;
  private final long minFreeBytes;
  private volatile NodeStatus.DiskView view;

  DiskWatch(DiskSpace space, long minFreeMb) {
    this.space = space;
    this.minFreeBytes = minFreeMb * MEBIBYTE;
    this.view = new NodeStatus.DiskView(0, minFreeBytes, false);
  }

  /** Looks at the disk; whether the node must pause now. */
  boolean look() {
    boolean before = view.paused();
    long free = space.freeBytes();
    boolean paused = free < (before ? resumeBytes() : minFreeBytes);
    view = new NodeStatus.DiskView(free, minFreeBytes, paused);
    if (paused && !before) {
      NodeEvent.DISK_LOW
          .on(LOG)
          .addKeyValue("freeMb", free / MEBIBYTE)
          .addKeyValue("minFreeMb", minFreeBytes / MEBIBYTE)
          .log("nothing is signed and stored until there is room on the disk");
    } else if (before && !paused) {
      NodeEvent.DISK_RECOVERED
          .on(LOG)
          .addKeyValue("freeMb", free / MEBIBYTE)
          .log("there is room on the disk again");
    }
    return paused;
  }

  /** Whether a node that stopped at a full disk may start again. */
  boolean hasRoom() {
    return space.freeBytes() >= Math.max(resumeBytes(), MEBIBYTE);
  }

  NodeStatus.DiskView view() {
    return view;
  }

  private long resumeBytes() {
    return minFreeBytes + minFreeBytes / 8;
  }
}
