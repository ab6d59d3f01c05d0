/** Commands that run roles and local networks; those for users are in {@code dev.trestle.cli}. */
@NullMarked
package dev.trestle.dist.command;

import org.jspecify.annotations.NullMarked;
