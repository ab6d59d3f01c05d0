package dev.trestle.lightclient;

import dev.trestle.base.Hash32;

/**
 * A block of a connected chain.
 *
 * @param height blocks since genesis
 * @param id block hash in wire order
 * @param timestampSeconds Unix time that the header states
 */
public record HeaderRef(long height, Hash32 id, long timestampSeconds) {}
