/** Reading of Corda's test vectors. */
@NullMarked
package dev.trestle.lightclient.corda.vectors;

import org.jspecify.annotations.NullMarked;
