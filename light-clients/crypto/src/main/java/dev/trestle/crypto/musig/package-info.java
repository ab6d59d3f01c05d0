/**
 * MuSig2 (BIP-327) and adaptor signatures on top of it. Nonces live in memory and are taken once.
 * Refusals carry a {@link dev.trestle.crypto.musig.MusigCode}.
 */
@NullMarked
package dev.trestle.crypto.musig;

import org.jspecify.annotations.NullMarked;
