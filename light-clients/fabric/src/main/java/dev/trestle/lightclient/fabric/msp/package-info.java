/** Membership service providers: who belongs to which organisation, in which role. */
@NullMarked
package dev.trestle.lightclient.fabric.msp;

import org.jspecify.annotations.NullMarked;
