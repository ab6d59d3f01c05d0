package dev.trestle.lightclient.poa;

import dev.trestle.crypto.EvmAddress;

/**
 * What the proposer of a block asks for.
 *
 * @param subject who shall become a validator or cease to be one
 * @param add true to add
 */
record Vote(EvmAddress subject, boolean add) {}
