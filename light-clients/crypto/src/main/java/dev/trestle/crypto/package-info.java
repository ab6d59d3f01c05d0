/** Hashes, signatures and key tweaks. Depends on {@code base} only. */
@NullMarked
package dev.trestle.crypto;

import org.jspecify.annotations.NullMarked;
