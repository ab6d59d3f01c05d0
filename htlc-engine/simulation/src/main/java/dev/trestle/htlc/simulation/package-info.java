/**
 * Seeded simulation of whole swaps: the production planner and driver over simulated chains, with
 * crashes, failures, reorganisations and counterparties that keep no rule.
 */
@NullMarked
package dev.trestle.htlc.simulation;

import org.jspecify.annotations.NullMarked;
