/** Reads the test vectors of Bitcoin and Litecoin; their formats are in the vectors' README. */
@NullMarked
package dev.trestle.lightclient.bitcoin.vectors;

import org.jspecify.annotations.NullMarked;
