/** The three jobs, end to end on real nodes, as a newcomer sees them. */
@NullMarked
package dev.trestle.dist.demo;

import org.jspecify.annotations.NullMarked;
