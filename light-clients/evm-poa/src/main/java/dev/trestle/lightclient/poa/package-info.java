/**
 * Permissioned EVM chains as a light client sees them: headers of QBFT, IBFT 2.0 and Clique, sealed
 * by validators that vote each other in and out, and proofs below the headers.
 */
@NullMarked
package dev.trestle.lightclient.poa;

import org.jspecify.annotations.NullMarked;
