/** Reads the test vectors of the XRP Ledger. */
@NullMarked
package dev.trestle.lightclient.xrpl.vectors;

import org.jspecify.annotations.NullMarked;
