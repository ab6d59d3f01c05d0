/** Reads the test vectors of CometBFT and ICS-23. */
@NullMarked
package dev.trestle.lightclient.cometbft.vectors;

import org.jspecify.annotations.NullMarked;
