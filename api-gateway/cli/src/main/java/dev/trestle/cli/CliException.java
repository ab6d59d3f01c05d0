package dev.trestle.cli;

/**
 * A command cannot go on; carries the exit code and the stable reason that the error line shows.
 */
public final class CliException extends RuntimeException {
  private final String reason;
  private final int exitCode;

  /**
   * @param reason stable, in kebab case
   * @param exitCode one of those in {@link Failures}
   * @param message for people, one line
   */
  public CliException(String reason, int exitCode, String message) {
    super(message);
    this.reason = reason;
    this.exitCode = exitCode;
  }

  String reason() {
    return reason;
  }

  int exitCode() {
    return exitCode;
  }
}
