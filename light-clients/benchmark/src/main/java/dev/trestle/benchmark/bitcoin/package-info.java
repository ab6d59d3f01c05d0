/** Headers and proof of work of Bitcoin and Litecoin. */
@NullMarked
package dev.trestle.benchmark.bitcoin;

import org.jspecify.annotations.NullMarked;
