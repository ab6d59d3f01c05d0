/**
 * Atomic swaps: a pure planner and a driver that persists before it acts. May not see the relay
 * chain or the committee.
 */
@NullMarked
package dev.trestle.htlc;

import org.jspecify.annotations.NullMarked;
