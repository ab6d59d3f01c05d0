package dev.trestle.adapter.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import java.util.List;

/** A message of the P2P protocol, as far as headers need it. */
sealed interface PeerMessage {
  /**
   * The first message of both sides.
   *
   * @param protocol version of the protocol
   * @param height of the sender's best block
   */
  record Version(int protocol, long height, String agent) implements PeerMessage {}

  /** The answer to a version. */
  record VersionAcknowledged() implements PeerMessage {}

  /** Asks that new blocks be announced by their headers (BIP-130). */
  record SendHeaders() implements PeerMessage {}

  /**
   * Asks for the headers behind the first id of the locator that is known.
   *
   * @param locator ids of our chain, from the tip down, wire order
   */
  record GetHeaders(List<Hash32> locator) implements PeerMessage {
    public GetHeaders {
      locator = List.copyOf(locator);
    }
  }

  /**
   * @param headers 80 bytes each
   */
  record Headers(List<Bytes> headers) implements PeerMessage {
    public Headers {
      headers = List.copyOf(headers);
    }
  }

  /** An announcement of objects, some of which are blocks or none. */
  record Inventory(int blocks) implements PeerMessage {}

  record Ping(long nonce) implements PeerMessage {}

  record Pong(long nonce) implements PeerMessage {}

  /** Any other; its payload was not looked at. */
  record Other(String command) implements PeerMessage {}
}
