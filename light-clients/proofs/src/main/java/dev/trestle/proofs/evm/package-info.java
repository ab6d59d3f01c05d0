/** Headers, receipts and receipt proofs of EVM chains. */
@NullMarked
package dev.trestle.proofs.evm;

import org.jspecify.annotations.NullMarked;
