/**
 * Simple Serialize (ethereum/consensus-specs ssz/simple-serialize.md): decoding, roots, branches.
 */
@NullMarked
package dev.trestle.proofs.ssz;

import org.jspecify.annotations.NullMarked;
