/** Measures and kills networks of real validator processes on the loopback address. */
@NullMarked
package dev.trestle.relay.bench;

import org.jspecify.annotations.NullMarked;
