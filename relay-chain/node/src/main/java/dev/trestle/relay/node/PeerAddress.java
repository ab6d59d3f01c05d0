package dev.trestle.relay.node;

import java.util.Optional;
import java.util.regex.Pattern;

/** Where a node listens: a host name or IP address and a TCP port. */
public record PeerAddress(String host, int port) {
  private static final Pattern HOST = Pattern.compile("[-.:%a-zA-Z0-9]{1,255}");

  public PeerAddress {
    if (!HOST.matcher(host).matches() || port < 1 || port > 65_535) {
      throw new IllegalArgumentException("not a peer address: " + host + ":" + port);
    }
  }

  /** Reads {@code host:port}. */
  public static PeerAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("not host:port: " + text);
    }
    return new PeerAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }

  /** As {@link #parse}; empty if it is none. */
  static Optional<PeerAddress> tryParse(String text) {
    try {
      return Optional.of(parse(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
