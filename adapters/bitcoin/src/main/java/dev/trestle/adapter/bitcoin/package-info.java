/** Adapter for Bitcoin-family nodes. */
@NullMarked
package dev.trestle.adapter.bitcoin;

import org.jspecify.annotations.NullMarked;
