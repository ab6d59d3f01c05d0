/** Seeded simulation of whole production nodes: consensus, ledger, node, log, guard and frames. */
@NullMarked
package dev.trestle.relay.simulation.whole;

import org.jspecify.annotations.NullMarked;
