/**
 * The relay chain from outside: follows its validators from certificate to certificate and proves
 * blocks, packets and state entries, all offline ({@code relay-chain/docs/wire-format.md}). Written
 * apart from the chain's own code and with no dependency but crypto, so that the two check each
 * other; the same checks as {@code RelayLightClient.sol} and {@code RelayProofs.sol}.
 */
@NullMarked
package dev.trestle.relay.verifier;

import org.jspecify.annotations.NullMarked;
