package dev.trestle.htlc;

import dev.trestle.base.DecodeException;
import dev.trestle.htlc.JournalException.Fault;
import java.nio.file.Path;
import java.util.List;

/** The journal as a file, one for each party. */
public final class SwapJournal implements Journal {
  private final FramedLog log;
  private final List<JournalRecord> replayed;

  private SwapJournal(FramedLog log, List<JournalRecord> replayed) {
    this.log = log;
    this.replayed = replayed;
  }

  /**
   * Opens or makes {@code file}; a torn end, which never justified an effect, is cut off.
   *
   * @throws JournalException if it is damaged or held by another process
   */
  public static SwapJournal open(Path file) {
    FramedLog log = FramedLog.open(file);
    try {
      return new SwapJournal(log, log.replayed().stream().map(JournalRecord::parse).toList());
    } catch (DecodeException e) {
      log.close();
      throw new JournalException(Fault.CORRUPT, "a whole record cannot be read", e);
    }
  }

  @Override
  public void append(JournalRecord entry) {
    log.append(entry.toBytes());
  }

  @Override
  public List<JournalRecord> replayed() {
    return replayed;
  }

  @Override
  public void close() {
    log.close();
  }
}
