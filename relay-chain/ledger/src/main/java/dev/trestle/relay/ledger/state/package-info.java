/**
 * Storage port, overlays and the authenticated key-value tree ({@code wire-format.md}, "State
 * tree").
 */
@NullMarked
package dev.trestle.relay.ledger.state;

import org.jspecify.annotations.NullMarked;
