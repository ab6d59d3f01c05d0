package dev.trestle.lightclient.vectors;

/**
 * A case and its outcome.
 *
 * @param file path as it was given
 * @param family of the format that read it; empty for an unreadable file
 */
public record CaseResult(
    String file, String family, String name, Expected expected, Outcome actual) {
  public boolean match() {
    return expected.matches(actual);
  }
}
