/**
 * The simulation's way into the consensus core: flaws for it to find, and signatures without
 * cryptography. In the core's package because the core does not let anybody else in; nothing
 * depends on this module.
 */
@NullMarked
package dev.trestle.relay.consensus;

import org.jspecify.annotations.NullMarked;
