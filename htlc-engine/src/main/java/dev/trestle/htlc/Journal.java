package dev.trestle.htlc;

import java.util.List;

/** Where a party's records go. */
public interface Journal extends AutoCloseable {
  /**
   * Returns when the record is durable.
   *
   * @throws JournalException if that is not certain: then nothing may follow from it
   */
  void append(JournalRecord entry);

  /** What was there when the journal was opened, oldest first. */
  List<JournalRecord> replayed();

  @Override
  void close();
}
