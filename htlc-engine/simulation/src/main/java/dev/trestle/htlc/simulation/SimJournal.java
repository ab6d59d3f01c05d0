package dev.trestle.htlc.simulation;

import dev.trestle.htlc.Journal;
import dev.trestle.htlc.JournalRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * A disk in memory that encodes and decodes every record. Around each write the process may die; a
 * broken one forgets, or keeps the newest record back until the next is written.
 */
final class SimJournal implements Journal {
  final List<JournalRecord> entries = new ArrayList<>();
  private final Runnable mayCrash;
  private final boolean lazy;
  private final List<JournalRecord> waiting = new ArrayList<>();

  /**
   * @param mayCrash called before and after each write; may throw
   * @param lazy whether a signature stays in memory until the next write
   */
  SimJournal(Runnable mayCrash, boolean lazy) {
    this.mayCrash = mayCrash;
    this.lazy = lazy;
  }

  void forget(Predicate<JournalRecord> which) {
    entries.removeIf(which);
  }

  /** What a crash leaves. */
  void lose() {
    waiting.clear();
  }

  @Override
  public void append(JournalRecord entry) {
    mayCrash.run();
    entries.addAll(waiting);
    waiting.clear();
    JournalRecord durable = JournalRecord.parse(entry.toBytes());
    if (lazy && durable instanceof JournalRecord.Signed) {
      waiting.add(durable);
    } else {
      entries.add(durable);
    }
    mayCrash.run();
  }

  @Override
  public List<JournalRecord> replayed() {
    return List.copyOf(entries);
  }

  @Override
  public void close() {
    // nothing to free
  }
}
