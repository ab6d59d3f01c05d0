/** Protocol Buffers in the one form that has no choices, for headers and proofs of other chains. */
@NullMarked
package dev.trestle.proofs.protobuf;

import org.jspecify.annotations.NullMarked;
