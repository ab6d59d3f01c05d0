package dev.trestle.relay.simulation;

import java.util.Optional;

/**
 * What a run came to.
 *
 * @param audit hash over every event in order: equal for equal seeds
 * @param heights decided by the slowest correct node
 */
record Report(
    Scenario scenario, Optional<String> violation, long audit, long events, long heights) {}
