/**
 * Polkadot and other Substrate chains as light clients see them. This package holds what GRANDPA
 * and BEEFY share: SCALE, headers, and what the clients keep of a header.
 */
@NullMarked
package dev.trestle.lightclient.polkadot;

import org.jspecify.annotations.NullMarked;
