/**
 * The records that make up the state, each with its canonical codec, and the keys under which they
 * stand ({@link dev.trestle.relay.ledger.record.StateKeys}).
 */
@NullMarked
package dev.trestle.relay.ledger.record;

import org.jspecify.annotations.NullMarked;
