/** The validator process around consensus and ledger. */
@NullMarked
package dev.trestle.relay.node;

import org.jspecify.annotations.NullMarked;
