package dev.trestle.relay.simulation.whole;

/**
 * How often each fault struck: a simulation that meets none proves nothing.
 *
 * @param lost frames
 * @param cut frames into a partition
 * @param repeated frames
 * @param crashes failures of machines
 * @param lostWrites failures that lost something not forced
 * @param lostLogs write-ahead logs that were destroyed
 * @param abstained validators that gave up their vote for a while because of that
 * @param clockJumps of single nodes
 * @param lies frames of a forger
 * @param punished connections that were ended because of what came over them
 * @param convicted validators
 * @param rounds first ROUND_CHANGEs of later rounds
 * @param retries transactions that were sent again
 */
public record WholeFaults(
    long lost,
    long cut,
    long repeated,
    long crashes,
    long lostWrites,
    long lostLogs,
    long abstained,
    long clockJumps,
    long lies,
    long punished,
    long convicted,
    long rounds,
    long retries) {
  static final WholeFaults NONE = new WholeFaults(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  WholeFaults plus(WholeFaults more) {
    return new WholeFaults(
        lost + more.lost,
        cut + more.cut,
        repeated + more.repeated,
        crashes + more.crashes,
        lostWrites + more.lostWrites,
        lostLogs + more.lostLogs,
        abstained + more.abstained,
        clockJumps + more.clockJumps,
        lies + more.lies,
        punished + more.punished,
        convicted + more.convicted,
        rounds + more.rounds,
        retries + more.retries);
  }
}
