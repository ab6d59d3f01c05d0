package dev.trestle.relay.verifier;

import dev.trestle.base.Hash32;

/** A leaf of the state tree that is met in the place of an absent key. */
public record StateProofLeaf(Hash32 keyHash, Hash32 valueHash) {}
