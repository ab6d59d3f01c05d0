package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.PublicKey;

/**
 * A transaction that passed every check that needs no state.
 *
 * @param id SHA-256 of the encoding
 * @param sender whose lane of nonces it stands in
 * @param encoded canonical bytes, signature included
 */
public record Admitted(Hash32 id, PublicKey sender, long nonce, Bytes encoded) {}
