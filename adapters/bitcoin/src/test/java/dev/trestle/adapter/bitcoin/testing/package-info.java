/** Real nodes on regtest, for tests of this and other modules. */
@NullMarked
package dev.trestle.adapter.bitcoin.testing;

import org.jspecify.annotations.NullMarked;
