package dev.trestle.relay.ledger;

import dev.trestle.base.Hash32;

/**
 * A committed block.
 *
 * @param height 0 for the genesis
 * @param timeMillis Unix milliseconds
 * @param stateRoot after the block
 */
public record LedgerHead(long height, long timeMillis, Hash32 stateRoot) {}
