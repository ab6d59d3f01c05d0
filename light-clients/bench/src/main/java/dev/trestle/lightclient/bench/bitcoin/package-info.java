/** Headers and proof of work of Bitcoin and Litecoin. */
@NullMarked
package dev.trestle.lightclient.bench.bitcoin;

import org.jspecify.annotations.NullMarked;
