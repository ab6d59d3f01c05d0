/** Hyperledger Fabric: blocks of a channel, its configuration, and endorsed transactions. */
@NullMarked
package dev.trestle.lightclient.fabric;

import org.jspecify.annotations.NullMarked;
