/** Adapter for EVM nodes. */
@NullMarked
package dev.trestle.adapter.ethereum;

import org.jspecify.annotations.NullMarked;
