package dev.trestle.lightclient;

/** Whether a client may be used. Only ACTIVE and EXPIRING verify anything. */
public enum ClientStatus {
  ACTIVE,
  /** Trust runs out soon: an update is due. */
  EXPIRING,
  /** No update within the trusting period; only {@code recover} helps. */
  EXPIRED,
  /** Misbehaviour was proved; only {@code recover} helps. */
  FROZEN;

  public boolean mayVerify() {
    return this == ACTIVE || this == EXPIRING;
  }
}
