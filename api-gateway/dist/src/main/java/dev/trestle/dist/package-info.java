/** Composition root: the only module that names concrete adapters. */
@NullMarked
package dev.trestle.dist;

import org.jspecify.annotations.NullMarked;
