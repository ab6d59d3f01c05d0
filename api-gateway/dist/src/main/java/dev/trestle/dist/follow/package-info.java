/** {@code light-client follow}: light clients beside running nodes that are not trusted. */
@NullMarked
package dev.trestle.dist.follow;

import org.jspecify.annotations.NullMarked;
