/**
 * Ethereum's proof of stake as a light client sees it: the sync-committee protocol of the consensus
 * specifications from Altair on, and proofs below the execution headers that it finalizes.
 */
@NullMarked
package dev.trestle.lightclient.ethereum;

import org.jspecify.annotations.NullMarked;
