/** Bitcoin-family light client and custody rules. Depends on {@code lightclient} only. */
@NullMarked
package dev.trestle.lightclient.bitcoin;

import org.jspecify.annotations.NullMarked;
