/** What the gateway knows: the relay chain through its own verifying node, and the chains. */
@NullMarked
package dev.trestle.gateway.hub;

import org.jspecify.annotations.NullMarked;
