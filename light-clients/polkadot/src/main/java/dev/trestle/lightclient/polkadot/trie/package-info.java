/** Proofs of presence and absence in Substrate's base-16 trie. */
@NullMarked
package dev.trestle.lightclient.polkadot.trie;

import org.jspecify.annotations.NullMarked;
