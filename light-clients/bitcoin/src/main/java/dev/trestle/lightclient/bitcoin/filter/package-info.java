/** Compact block filters (BIP-158) and their headers (BIP-157). */
@NullMarked
package dev.trestle.lightclient.bitcoin.filter;

import org.jspecify.annotations.NullMarked;
