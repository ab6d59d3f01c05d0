/** Reads the test vectors of Polkadot. */
@NullMarked
package dev.trestle.lightclient.polkadot.vectors;

import org.jspecify.annotations.NullMarked;
