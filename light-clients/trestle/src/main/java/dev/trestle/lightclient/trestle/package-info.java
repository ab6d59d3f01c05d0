/**
 * Light client of Trestle's own relay chain: commit certificates, changes of validators, packets
 * and state. Depends on {@code lightclient} and the relay chain's verifier only.
 */
@NullMarked
package dev.trestle.lightclient.trestle;

import org.jspecify.annotations.NullMarked;
