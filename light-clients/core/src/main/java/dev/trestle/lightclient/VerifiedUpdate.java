package dev.trestle.lightclient;

/**
 * Headers that a client has verified. Implementations belong to the family and can only be made by
 * its {@code verify}.
 */
public interface VerifiedUpdate {
  /** The best header after this update. */
  HeaderRef head();
}
