/** Fabric's messages (fabric-protos), decoded with limits; nothing in them is trusted yet. */
@NullMarked
package dev.trestle.lightclient.fabric.protos;

import org.jspecify.annotations.NullMarked;
