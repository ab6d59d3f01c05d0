/** Corda: transactions that a notary signed, and components below their identifiers. */
@NullMarked
package dev.trestle.lightclient.corda;

import org.jspecify.annotations.NullMarked;
