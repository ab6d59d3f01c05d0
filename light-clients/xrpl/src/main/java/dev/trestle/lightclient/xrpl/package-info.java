/**
 * The XRP Ledger as a light client sees it: ledgers that a quorum of the validators of a published
 * list validated, and proofs under the two hash trees of a ledger.
 */
@NullMarked
package dev.trestle.lightclient.xrpl;

import org.jspecify.annotations.NullMarked;
