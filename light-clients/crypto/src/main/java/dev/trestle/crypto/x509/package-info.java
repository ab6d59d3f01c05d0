/**
 * Keys, certificates, revocation lists and paths of X.509 (RFC 5280), as permissioned ledgers use
 * them: strict, bounded, and judged at a time that the caller gives.
 */
@NullMarked
package dev.trestle.crypto.x509;

import org.jspecify.annotations.NullMarked;
