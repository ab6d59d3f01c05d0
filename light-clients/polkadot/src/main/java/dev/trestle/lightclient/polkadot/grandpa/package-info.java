/** GRANDPA: blocks that the authorities finalised, and the sets of authorities that follow. */
@NullMarked
package dev.trestle.lightclient.polkadot.grandpa;

import org.jspecify.annotations.NullMarked;
