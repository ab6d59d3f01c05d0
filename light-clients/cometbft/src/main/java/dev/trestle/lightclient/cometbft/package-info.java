/** Chains of CometBFT (Tendermint): ICS-07 headers, ICS-23 proofs. */
@NullMarked
package dev.trestle.lightclient.cometbft;

import org.jspecify.annotations.NullMarked;
