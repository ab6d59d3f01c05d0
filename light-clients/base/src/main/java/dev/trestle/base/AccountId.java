package dev.trestle.base;

import java.util.regex.Pattern;

/** An account as CAIP-10 names it: {@code chain:address}. */
public record AccountId(ChainId chain, String address) {
  private static final Pattern ADDRESS = Pattern.compile("[-.%a-zA-Z0-9]{1,128}");

  public AccountId {
    if (!ADDRESS.matcher(address).matches()) {
      throw new IllegalArgumentException("not a CAIP-10 address: " + address);
    }
  }

  public static AccountId parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("not a CAIP-10 account id: " + text);
    }
    return new AccountId(ChainId.parse(text.substring(0, colon)), text.substring(colon + 1));
  }

  @Override
  public String toString() {
    return chain + ":" + address;
  }
}
