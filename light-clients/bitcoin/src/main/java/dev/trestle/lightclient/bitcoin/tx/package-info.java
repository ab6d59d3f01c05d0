/** Bitcoin transactions in their wire form. Depends on {@code crypto} only. */
@NullMarked
package dev.trestle.lightclient.bitcoin.tx;

import org.jspecify.annotations.NullMarked;
