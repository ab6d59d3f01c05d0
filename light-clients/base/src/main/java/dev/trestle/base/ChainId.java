package dev.trestle.base;

import java.util.regex.Pattern;

/**
 * A chain as CAIP-2 names it: {@code namespace:reference}, for example {@code eip155:1} or {@code
 * bip122:000000000019d6689c085ae165831e93} (the first 32 hex digits of the genesis hash).
 */
public record ChainId(String namespace, String reference) implements Comparable<ChainId> {
  private static final Pattern NAMESPACE = Pattern.compile("[-a-z0-9]{3,8}");
  private static final Pattern REFERENCE = Pattern.compile("[-_a-zA-Z0-9]{1,32}");

  public ChainId {
    if (!NAMESPACE.matcher(namespace).matches() || !REFERENCE.matcher(reference).matches()) {
      throw new IllegalArgumentException("not a CAIP-2 chain id: " + namespace + ":" + reference);
    }
  }

  public static ChainId parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("not a CAIP-2 chain id: " + text);
    }
    return new ChainId(text.substring(0, colon), text.substring(colon + 1));
  }

  @Override
  public int compareTo(ChainId other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return namespace + ":" + reference;
  }
}
