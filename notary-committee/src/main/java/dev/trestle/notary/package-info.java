/**
 * Committee members: custody, attestation, guards. May not see the relay chain or the swap engine.
 */
@NullMarked
package dev.trestle.notary;

import org.jspecify.annotations.NullMarked;
