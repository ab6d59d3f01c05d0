/** Headers, commits and validator sets in the JSON of a CometBFT node. */
@NullMarked
package dev.trestle.lightclient.cometbft.json;

import org.jspecify.annotations.NullMarked;
