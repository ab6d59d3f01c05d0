/** Deterministic chains, light clients and custody rules for tests. */
@NullMarked
package dev.trestle.relay.ledger.fake;

import org.jspecify.annotations.NullMarked;
