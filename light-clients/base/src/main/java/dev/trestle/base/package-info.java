/**
 * The bottom layer: identifiers, money, bytes, canonical encoding, verdicts and errors. Depends on
 * nothing of ours and on no library but JSpecify.
 */
@NullMarked
package dev.trestle.base;

import org.jspecify.annotations.NullMarked;
