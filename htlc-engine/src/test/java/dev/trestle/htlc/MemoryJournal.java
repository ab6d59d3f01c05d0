package dev.trestle.htlc;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A journal in memory that encodes and decodes every record, and can forget like a broken disk. */
final class MemoryJournal implements Journal {
  final List<JournalRecord> entries = new ArrayList<>();
  private Runnable beforeAppend = () -> {};
  private Runnable afterAppend = () -> {};

  /** Hooks that may throw, to crash around a write. */
  void crashing(Runnable before, Runnable after) {
    beforeAppend = before;
    afterAppend = after;
  }

  void forget(Predicate<JournalRecord> which) {
    entries.removeIf(which);
  }

  @Override
  public void append(JournalRecord entry) {
    beforeAppend.run();
    entries.add(JournalRecord.parse(entry.toBytes()));
    afterAppend.run();
  }

  @Override
  public List<JournalRecord> replayed() {
    return List.copyOf(entries);
  }

  @Override
  public void close() {}
}
