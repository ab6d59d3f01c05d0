/**
 * The light-client interface. Pure: no sockets, no clock, no randomness. Depends on {@code proofs}.
 */
@NullMarked
package dev.trestle.lightclient;

import org.jspecify.annotations.NullMarked;
