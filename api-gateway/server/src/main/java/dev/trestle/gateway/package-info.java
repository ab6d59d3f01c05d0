/** HTTP surface of a gateway. */
@NullMarked
package dev.trestle.gateway;

import org.jspecify.annotations.NullMarked;
