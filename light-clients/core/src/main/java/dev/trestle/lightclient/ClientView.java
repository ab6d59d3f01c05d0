package dev.trestle.lightclient;

import dev.trestle.base.Bytes;
import java.util.Optional;

/** Read access to one client's own part of the authenticated state. */
@FunctionalInterface
public interface ClientView {
  Optional<Bytes> get(Bytes key);
}
