/**
 * Follows whole chains of headers in memory, as fast as they can be hashed: from a file or a peer
 * to a tip with all rules checked. What the relay chain stores is in the package above.
 */
@NullMarked
package dev.trestle.lightclient.bitcoin.sync;

import org.jspecify.annotations.NullMarked;
