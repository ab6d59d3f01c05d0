package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a node listens for peers. */
record PeerAddress(String host, int port) {
  /** Peers that are connected to at once, at most. */
  static final int MAX_PEERS = 16;

  private static final Pattern FORM =
      Pattern.compile("([A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}]):([1-9][0-9]{0,4})");

  /**
   * Reads {@code host:port} or {@code [IPv6]:port}, separated by commas.
   *
   * @throws AdapterException BAD_CONFIG for another form, none, more than {@link #MAX_PEERS}, or
   *     one twice: a node under two names would pass for two peers
   */
  static List<PeerAddress> parse(String text) {
    List<PeerAddress> peers = new ArrayList<>();
    for (String each : Arrays.stream(text.split(",", -1)).map(String::strip).toList()) {
      Matcher parts = FORM.matcher(each);
      int port = parts.matches() ? Integer.parseInt(parts.group(2)) : 0;
      if (port < 1 || port > 0xffff) {
        throw bad("a peer is host:port");
      }
      String host = parts.group(1).toLowerCase(Locale.ROOT);
      boolean bracketed = host.startsWith("[");
      peers.add(new PeerAddress(bracketed ? host.substring(1, host.length() - 1) : host, port));
    }
    if (peers.size() > MAX_PEERS || peers.stream().distinct().count() != peers.size()) {
      throw bad("1.." + MAX_PEERS + " peers, each once");
    }
    return peers;
  }

  private static AdapterException bad(String detail) {
    return new AdapterException(AdapterError.BAD_CONFIG, detail);
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
