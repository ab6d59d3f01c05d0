package dev.trestle.relay.simulation.whole;

import dev.trestle.relay.simulation.Violation;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/** The virtual clock and what is due on it; what is due at once stays in the order it came in. */
final class Agenda {
  private static final long MAX_EVENTS = 3_000_000;

  private record Event(long timeMs, long sequence, Runnable task) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int order = Long.compare(timeMs, other.timeMs);
      return order != 0 ? order : Long.compare(sequence, other.sequence);
    }
  }

  private final PriorityQueue<Event> queue = new PriorityQueue<>();
  private long timeMs;
  private long sequence;
  private long audit;

  void schedule(long delayMs, Runnable task) {
    queue.add(new Event(timeMs + delayMs, sequence++, task));
  }

  /** Goes on until it is so late, or {@code done}. */
  void runUntil(long endMs, BooleanSupplier done) {
    while (!done.getAsBoolean()) {
      Event next = queue.peek();
      if (next == null || next.timeMs() > endMs) {
        timeMs = endMs;
        return;
      }
      if (sequence > MAX_EVENTS) {
        throw new Violation("L1 a storm of " + MAX_EVENTS + " events");
      }
      queue.remove();
      timeMs = next.timeMs();
      mix(timeMs);
      next.task().run();
    }
  }

  /** Takes something that has happened into the audit hash. */
  void mix(long value) {
    audit = (Long.rotateLeft(audit, 7) ^ value) * 0x9E3779B97F4A7C15L;
  }

  long nowMs() {
    return timeMs;
  }

  long audit() {
    return audit;
  }

  /** How many there were. */
  long events() {
    return sequence;
  }
}
