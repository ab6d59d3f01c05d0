package dev.trestle.relay.node.simulated;

/** How a machine fails. */
public enum Failure {
  /**
   * The process ends; the system has everything that it was given, and loses it if it fails in its
   * turn before somebody forces it.
   */
  KILLED,
  /** Power fails: nothing that was not forced is left. */
  POWER_LOST,
  /** What was written first is left, cut off in the middle of a write. */
  TORN,
  /** As {@link #TORN}, with other bytes where the rest of that write would be. */
  SCRAMBLED
}
