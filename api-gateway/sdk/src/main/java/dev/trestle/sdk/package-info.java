/**
 * Java client that recomputes every script, address, amount and timelock before it locks a coin.
 */
@NullMarked
package dev.trestle.sdk;

import org.jspecify.annotations.NullMarked;
