package dev.trestle.relay.simulation.whole;

import java.util.Optional;

/**
 * What a run came to.
 *
 * @param violation the invariant that did not hold
 * @param audit hash over every event in order: equal for equal seeds
 * @param heights of the chain
 * @param transactions in the chain
 * @param virtualMs how long it took on its own clock
 */
record WholeReport(
    WholeScenario scenario,
    Optional<String> violation,
    long audit,
    long events,
    long heights,
    long transactions,
    long virtualMs,
    WholeFaults faults) {}
