/** CometBFT: commits beside the bare signature checks, ICS-23 proofs beside the bare hashes. */
@NullMarked
package dev.trestle.lightclient.bench.cometbft;

import org.jspecify.annotations.NullMarked;
