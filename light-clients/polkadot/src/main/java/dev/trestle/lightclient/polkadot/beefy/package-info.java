/** BEEFY: commitments to a Merkle mountain range that the validators signed. */
@NullMarked
package dev.trestle.lightclient.polkadot.beefy;

import org.jspecify.annotations.NullMarked;
