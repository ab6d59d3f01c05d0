package dev.trestle.htlc.simulation;

/** The process is gone in the middle of what it did. An error, so that nothing handles it. */
final class Crash extends Error {
  private static final long serialVersionUID = 1L;

  Crash() {
    super("crash", null, false, false);
  }
}
