/** Scripts, addresses, signature hashes (BIP-143, BIP-341, BIP-342) and Taproot trees. */
@NullMarked
package dev.trestle.lightclient.bitcoin.script;

import org.jspecify.annotations.NullMarked;
