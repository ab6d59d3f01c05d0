/** Seeded whole-network simulation of consensus with faults and Byzantine peers. */
@NullMarked
package dev.trestle.relay.simulation;

import org.jspecify.annotations.NullMarked;
