/** What every light-client family must hold to, as tests that a family's own test class extends. */
@NullMarked
package dev.trestle.lightclient.contract;

import org.jspecify.annotations.NullMarked;
