/** Tests of the state machine with deterministic chains. */
@NullMarked
package dev.trestle.relay.ledger;

import org.jspecify.annotations.NullMarked;
