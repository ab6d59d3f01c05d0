/** A disk that fails as disks do, as a file system of {@code java.nio.file}. */
@NullMarked
package dev.trestle.relay.simulation.disk;

import org.jspecify.annotations.NullMarked;
