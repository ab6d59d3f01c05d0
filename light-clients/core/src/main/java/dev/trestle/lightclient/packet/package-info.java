/** The packet: what the hub carries, its canonical bytes and its id ({@code wire-format.md}). */
@NullMarked
package dev.trestle.lightclient.packet;

import org.jspecify.annotations.NullMarked;
