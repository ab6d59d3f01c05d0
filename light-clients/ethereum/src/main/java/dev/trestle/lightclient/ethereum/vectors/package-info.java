/** Reads the vector files of {@code ethereum-lc}, {@code ethereum-el} and {@code bls12-381}. */
@NullMarked
package dev.trestle.lightclient.ethereum.vectors;

import org.jspecify.annotations.NullMarked;
