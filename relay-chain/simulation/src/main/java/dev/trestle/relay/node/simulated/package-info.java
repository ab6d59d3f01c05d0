/**
 * The disk of a simulated machine, which fails as disks do, as a file system of {@code
 * java.nio.file}.
 */
@NullMarked
package dev.trestle.relay.node.simulated;

import org.jspecify.annotations.NullMarked;
