/** Merkle structures of the connected chains and of the relay chain. Depends on {@code crypto}. */
@NullMarked
package dev.trestle.proofs;

import org.jspecify.annotations.NullMarked;
