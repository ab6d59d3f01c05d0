package dev.trestle.relay.consensus;

/**
 * Names a timer. Starting one with an id that runs already replaces it; timers are never stopped,
 * the core ignores those that no longer mean anything.
 *
 * @param round 0 unless {@code kind} is {@link Kind#ROUND}
 */
public record TimerId(long height, int round, Kind kind) {
  /** What the core wants to be woken for. */
  public enum Kind {
    /** R4: the round took too long. */
    ROUND,
    /** R7: send again what may have been lost. */
    REBROADCAST,
    /** The least interval between blocks is over. */
    PROPOSE,
    /** No block for so long that an empty one is due. */
    HEARTBEAT
  }
}
