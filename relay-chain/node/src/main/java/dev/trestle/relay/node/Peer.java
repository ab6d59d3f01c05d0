package dev.trestle.relay.node;

import dev.trestle.base.Hash32;

/**
 * A connected node.
 *
 * @param fingerprint SHA-256 of its certificate's public key, proven by TLS
 * @param validator whether the fingerprint is bound to a validator
 * @param remote address of the other end, for messages to operators
 */
public record Peer(Hash32 fingerprint, boolean validator, String remote) {}
