/**
 * Seeded in-memory chains behind the adapter SPI; for schedules by the thousand, never instead of a
 * real node.
 */
@NullMarked
package dev.trestle.adapter.sim;

import org.jspecify.annotations.NullMarked;
