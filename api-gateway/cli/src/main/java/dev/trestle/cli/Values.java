package dev.trestle.cli;

import dev.trestle.base.Amount;
import dev.trestle.crypto.EvmAddress;

/** What people type, read strictly: a slip of the finger must not move coins elsewhere. */
final class Values {
  private Values() {}

  /** Decimal smallest units, more than 0 and below 2^256. */
  static Amount amount(String text) {
    try {
      Amount amount = Amount.parse(text);
      if (!amount.isZero()) {
        return amount;
      }
    } catch (NumberFormatException | Amount.AmountOutOfRange e) {
      // said below
    }
    throw new CliException(
        "amount-out-of-range",
        Failures.USAGE,
        "an amount is a whole number of smallest units, more than 0 and below 2^256: " + text);
  }

  /** An EVM address in one case or with its checksum (EIP-55). */
  static EvmAddress evmAddress(String text) {
    try {
      return EvmAddress.parse(text);
    } catch (IllegalArgumentException e) {
      throw new CliException("invalid-address", Failures.USAGE, text + ": " + e.getMessage());
    }
  }
}
