package dev.trestle.relay.node.simulated;

import dev.trestle.base.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** A file: its bytes as processes see them, as they are on the disk, and what lies between. */
final class VirtualFile {
  private final Contents seen = new Contents();
  private final Contents durable = new Contents();
  private final List<Change> pending = new ArrayList<>();
  private boolean locked;

  private sealed interface Change {
    record Write(int at, Bytes bytes) implements Change {}

    record Truncate(int size) implements Change {}
  }

  private static final class Contents {
    private byte[] bytes = new byte[256];
    private int size;

    private void apply(Change change) {
      switch (change) {
        case Change.Write(int at, Bytes written) -> {
          int end = Math.addExact(at, written.size());
          if (end > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
          }
          int _ = written.copyTo(bytes, at);
          size = Math.max(size, end);
        }
        case Change.Truncate(int end) -> {
          if (end < size) {
            Arrays.fill(bytes, end, size, (byte) 0);
            size = end;
          }
        }
      }
    }

    private void become(Contents other) {
      bytes = other.bytes.clone();
      size = other.size;
    }
  }

  int size() {
    return seen.size;
  }

  int read(int at, byte[] into) {
    int count = Math.min(into.length, seen.size - at);
    if (count <= 0) {
      return -1;
    }
    System.arraycopy(seen.bytes, at, into, 0, count);
    return count;
  }

  void write(int at, byte[] bytes) {
    change(new Change.Write(at, Bytes.wrap(bytes)));
  }

  void truncate(int size) {
    change(new Change.Truncate(size));
  }

  private void change(Change change) {
    seen.apply(change);
    pending.add(change);
  }

  void force() {
    pending.forEach(durable::apply);
    pending.clear();
  }

  boolean lock() {
    boolean taken = !locked;
    locked = true;
    return taken;
  }

  void unlock() {
    locked = false;
  }

  /**
   * What is left after the machine has failed with all that it had not forced.
   *
   * @param failure not {@link Failure#KILLED}
   * @return whether something was lost
   */
  boolean fail(Failure failure, SplittableRandom random) {
    int whole =
        switch (failure) {
          case KILLED -> throw new IllegalArgumentException("the system still has everything");
          case POWER_LOST -> 0;
          case TORN, SCRAMBLED -> random.nextInt(pending.size() + 1);
        };
    pending.subList(0, whole).forEach(durable::apply);
    boolean lost = whole < pending.size();
    boolean partly = failure == Failure.TORN || failure == Failure.SCRAMBLED;
    if (lost && partly && pending.get(whole) instanceof Change.Write(int at, Bytes bytes)) {
      int kept = random.nextInt(bytes.size() + 1);
      byte[] left = bytes.slice(0, kept).toArray();
      if (failure == Failure.SCRAMBLED && kept < bytes.size()) {
        left = Arrays.copyOf(left, kept + 1 + random.nextInt(bytes.size() - kept));
        for (int i = kept; i < left.length; i++) {
          left[i] = (byte) random.nextInt();
        }
      }
      durable.apply(new Change.Write(at, Bytes.wrap(left)));
    }
    pending.clear();
    seen.become(durable);
    locked = false;
    return lost;
  }
}
