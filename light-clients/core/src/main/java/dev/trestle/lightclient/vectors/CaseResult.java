package dev.trestle.lightclient.vectors;

/**
 * A case and its outcome.
 *
 * @param file path as it was given
 * @param family of the format that read it; empty for an unreadable file
 */
public record CaseResult(
    String file, String family, String name, Expected expected, Outcome actual) {
  /** A file that cannot be read: never a match. */
  public static CaseResult unreadable(String file, String family, String why) {
    return new CaseResult(
        file, family, VectorVerifier.WHOLE_FILE, Expected.ACCEPT, Outcome.unreadable(why));
  }

  /** The same under another file name. */
  public CaseResult in(String otherFile) {
    return new CaseResult(otherFile, family, name, expected, actual);
  }

  public boolean match() {
    return expected.matches(actual);
  }
}
