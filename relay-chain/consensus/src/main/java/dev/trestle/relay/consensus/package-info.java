/** The BFT state machine, pure. No Vert.x, no ledger, no light client, no clock. */
@NullMarked
package dev.trestle.relay.consensus;

import org.jspecify.annotations.NullMarked;
