/**
 * Proofs of presence and absence in Merkle trees that are described by data (ICS-23): IAVL trees,
 * CometBFT's simple trees, sparse Merkle trees.
 */
@NullMarked
package dev.trestle.proofs.ics23;

import org.jspecify.annotations.NullMarked;
