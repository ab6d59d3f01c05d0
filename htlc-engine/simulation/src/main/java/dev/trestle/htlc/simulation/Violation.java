package dev.trestle.htlc.simulation;

/** An invariant that does not hold; ends the run. */
final class Violation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Violation(String what) {
    super(what);
  }
}
