package dev.trestle.adapter.bitcoin;

import dev.trestle.base.ReasonCode;
import java.util.Locale;

/** Why a connection to a peer ended. Stable: shown in logs. */
enum PeerFault implements ReasonCode {
  /** It closed the connection, or there was none. */
  DISCONNECTED(false),
  /** It did not answer in time, or does not read what it is sent. */
  STALLED(false),
  /** Its branch leaves ours and has less work: it is of no use for a long time. */
  LESS_WORK(true),
  /** Another peer's branch is looked at: there is room for one at a time. */
  BUSY(false),
  /** Its clock or ours is wrong: a header from the future. */
  FROM_THE_FUTURE(false),
  /** It speaks an older protocol than {@link PeerSession#MIN_PROTOCOL}. */
  OLD_PROTOCOL(true),
  /** Another network's message start. */
  WRONG_MAGIC(true),
  /** A message longer than its kind may be. */
  OVERSIZED_MESSAGE(true),
  /** A payload that is not what its header says, or that does not decode. */
  MALFORMED_MESSAGE(true),
  /** A message that may not come at this point of the handshake. */
  OUT_OF_ORDER(true),
  /** More headers than an announcement may hold, and nobody asked for them. */
  UNSOLICITED_HEADERS(true),
  /** Announcements that follow nothing we know, again and again. */
  UNCONNECTED_HEADERS(true),
  /** Headers that break the chain's rules. */
  BAD_HEADERS(true),
  /** More messages than an honest peer sends. */
  FLOODING(true);

  private final boolean banned;

  PeerFault(boolean banned) {
    this.banned = banned;
  }

  /** Whether the peer is left alone for a long time. */
  boolean isBanned() {
    return banned;
  }

  @Override
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
