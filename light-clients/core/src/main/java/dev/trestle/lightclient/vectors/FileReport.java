package dev.trestle.lightclient.vectors;

import java.util.List;

/** What became of one file. */
public sealed interface FileReport {
  /** No format takes it and no folder says that one should. */
  record Unknown() implements FileReport {}

  /**
   * Its cases belong to another file of the same folder.
   *
   * @param owner its name
   */
  record PartOf(String owner) implements FileReport {}

  /** At least one result; an unreadable file is one result that does not match. */
  record Judged(List<CaseResult> results) implements FileReport {
    public Judged {
      results = List.copyOf(results);
    }
  }
}
