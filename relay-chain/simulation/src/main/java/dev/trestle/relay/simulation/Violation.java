package dev.trestle.relay.simulation;

/** An invariant that does not hold; ends the run. */
public final class Violation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param what its id and what contradicts it
   */
  public Violation(String what) {
    super(what);
  }
}
