/**
 * Runs files of test vectors against the light clients. A family reads its own formats behind
 * {@link dev.trestle.lightclient.vectors.VectorFormat}; what reads the disk is outside.
 */
@NullMarked
package dev.trestle.lightclient.vectors;

import org.jspecify.annotations.NullMarked;
