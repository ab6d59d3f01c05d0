/** Reading of Fabric's test vectors. */
@NullMarked
package dev.trestle.lightclient.fabric.vectors;

import org.jspecify.annotations.NullMarked;
