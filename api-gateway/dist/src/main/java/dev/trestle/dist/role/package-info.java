/**
 * The processes of a hub: validator, committee member, gateway; each from one configuration file.
 */
@NullMarked
package dev.trestle.dist.role;

import org.jspecify.annotations.NullMarked;
