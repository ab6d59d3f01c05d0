/** The command line. */
@NullMarked
package dev.trestle.cli;

import org.jspecify.annotations.NullMarked;
