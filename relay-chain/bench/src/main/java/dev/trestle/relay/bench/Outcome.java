package dev.trestle.relay.bench;

/** A line of the table: a figure, or that there is none. */
sealed interface Outcome permits Row, Unmeasured {
  /** What was done; stable, for programs. */
  String work();

  /** Whether a target was reached, if there is one. */
  boolean isReached();

  /** One object, on one line. */
  String json(Machine machine);

  /** For people. */
  String text();
}
