package dev.trestle.base;

import java.util.regex.Pattern;

/**
 * An asset as CAIP-19 names it: {@code chain/namespace:reference}, for example {@code
 * eip155:1/slip44:60} or {@code eip155:1/erc20:0x...}.
 */
public record AssetId(ChainId chain, String namespace, String reference)
    implements Comparable<AssetId> {
  private static final Pattern NAMESPACE = Pattern.compile("[-a-z0-9]{3,8}");
  private static final Pattern REFERENCE = Pattern.compile("[-.%a-zA-Z0-9]{1,128}");

  public AssetId {
    if (!NAMESPACE.matcher(namespace).matches() || !REFERENCE.matcher(reference).matches()) {
      throw new IllegalArgumentException("not a CAIP-19 asset: " + namespace + ":" + reference);
    }
  }

  public static AssetId parse(String text) {
    int slash = text.indexOf('/');
    int colon = text.indexOf(':', slash + 1);
    if (slash < 0 || colon < 0) {
      throw new IllegalArgumentException("not a CAIP-19 asset id: " + text);
    }
    return new AssetId(
        ChainId.parse(text.substring(0, slash)),
        text.substring(slash + 1, colon),
        text.substring(colon + 1));
  }

  /** The chain's own coin: CAIP-19 with the SLIP-44 coin type. */
  public static AssetId nativeCoin(ChainId chain, int slip44) {
    return new AssetId(chain, "slip44", Integer.toString(slip44));
  }

  @Override
  public int compareTo(AssetId other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return chain + "/" + namespace + ":" + reference;
  }
}
