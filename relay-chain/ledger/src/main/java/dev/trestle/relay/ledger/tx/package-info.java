/** Transactions: what users, relayers, members and governance may ask of the ledger. */
@NullMarked
package dev.trestle.relay.ledger.tx;

import org.jspecify.annotations.NullMarked;
