/**
 * What gateways share with each other: only what may be lost or stale (offers, quotes). Nothing
 * here decides about votes, keys, nonces, idempotency or payouts; the relay chain does.
 */
@NullMarked
package dev.trestle.gateway.cluster;

import org.jspecify.annotations.NullMarked;
