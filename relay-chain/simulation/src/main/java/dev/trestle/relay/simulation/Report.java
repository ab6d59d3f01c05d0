package dev.trestle.relay.simulation;

import java.util.Optional;

/**
 * What a run came to.
 *
 * @param violation the invariant that did not hold
 * @param audit hash over every event in order: equal for equal seeds
 * @param heights decided by the slowest correct node
 * @param faults what the run met
 */
record Report(
    Scenario scenario,
    Optional<String> violation,
    long audit,
    long events,
    long heights,
    Faults faults) {}
