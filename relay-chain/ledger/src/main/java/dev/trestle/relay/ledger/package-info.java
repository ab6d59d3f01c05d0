/**
 * The deterministic state machine. External facts enter only as transactions that carry evidence.
 */
@NullMarked
package dev.trestle.relay.ledger;

import org.jspecify.annotations.NullMarked;
