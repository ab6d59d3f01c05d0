/**
 * A whole network on one machine, in real processes: chain nodes, validators, committee, gateway.
 */
@NullMarked
package dev.trestle.dist.devnet;

import org.jspecify.annotations.NullMarked;
