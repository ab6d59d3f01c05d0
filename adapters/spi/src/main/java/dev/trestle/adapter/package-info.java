/**
 * What a chain adapter implements. Asynchronous and untrusted: whatever comes from here is verified
 * elsewhere.
 */
@NullMarked
package dev.trestle.adapter;

import org.jspecify.annotations.NullMarked;
