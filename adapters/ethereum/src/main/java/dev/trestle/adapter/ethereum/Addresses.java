package dev.trestle.adapter.ethereum;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.crypto.EvmAddress;
import java.util.Locale;
import org.web3j.crypto.Keys;

/** Addresses as people write them (EIP-55). */
final class Addresses {
  private Addresses() {}

  /**
   * Reads an address in lower case, in upper case or with a right checksum.
   *
   * @throws AdapterException with INVALID_ADDRESS otherwise, and for address zero
   */
  static EvmAddress parse(String text) {
    if (!text.matches("0x[0-9a-fA-F]{40}")) {
      throw invalid("an address is 0x and 40 hex digits");
    }
    String digits = text.substring(2);
    boolean oneCase =
        digits.equals(digits.toLowerCase(Locale.ROOT))
            || digits.equals(digits.toUpperCase(Locale.ROOT));
    if (!oneCase && !Keys.toChecksumAddress(text).equals(text)) {
      throw invalid("the checksum of " + text + " is wrong (EIP-55)");
    }
    if (digits.matches("0{40}")) {
      throw invalid("address zero");
    }
    return EvmAddress.fromHex(digits);
  }

  /** With checksum. */
  static String format(EvmAddress address) {
    return Keys.toChecksumAddress(address.toString());
  }

  private static AdapterException invalid(String detail) {
    return new AdapterException(AdapterError.INVALID_ADDRESS, detail);
  }
}
