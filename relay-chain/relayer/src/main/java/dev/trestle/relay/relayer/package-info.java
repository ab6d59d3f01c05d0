/** Carries headers, proofs and packets; trusted with nothing. */
@NullMarked
package dev.trestle.relay.relayer;

import org.jspecify.annotations.NullMarked;
