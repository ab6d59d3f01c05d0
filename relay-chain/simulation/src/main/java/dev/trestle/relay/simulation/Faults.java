package dev.trestle.relay.simulation;

/**
 * How often each fault struck: a simulation that meets none proves nothing.
 *
 * @param tornLogs starts that found a record cut off or damaged at the end of the log
 * @param lostWrites failures that lost something not synced
 * @param lostLogs starts that found less in the log than the sign guard knows of
 * @param epochs that the run reached beyond the first
 * @param evidence contradictions that correct validators noticed
 * @param rounds later rounds that correct validators entered
 */
public record Faults(
    long lost,
    long cut,
    long repeated,
    long crashes,
    long tornLogs,
    long lostWrites,
    long lostLogs,
    long clockJumps,
    long epochs,
    long evidence,
    long rounds) {
  static final Faults NONE = new Faults(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  Faults plus(Faults more) {
    return new Faults(
        lost + more.lost,
        cut + more.cut,
        repeated + more.repeated,
        crashes + more.crashes,
        tornLogs + more.tornLogs,
        lostWrites + more.lostWrites,
        lostLogs + more.lostLogs,
        clockJumps + more.clockJumps,
        epochs + more.epochs,
        evidence + more.evidence,
        rounds + more.rounds);
  }
}
