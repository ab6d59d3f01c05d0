package dev.trestle.cli;

/**
 * A command cannot go on; carries the exit code and the stable reason that the error line shows.
 */
final class CliException extends RuntimeException {
  private final String reason;
  private final int exitCode;

  CliException(String reason, int exitCode, String message) {
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
