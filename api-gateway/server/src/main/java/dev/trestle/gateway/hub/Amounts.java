package dev.trestle.gateway.hub;

import dev.trestle.base.Amount;
import dev.trestle.gateway.http.Problem;
import dev.trestle.gateway.http.ProblemCode;

/** Amounts that clients send. */
public final class Amounts {
  private Amounts() {}

  /** Decimal smallest units, more than 0 and below 2^256; a problem for anything else. */
  public static Amount positive(String text) {
    Amount amount;
    try {
      amount = Amount.parse(text);
    } catch (NumberFormatException | Amount.AmountOutOfRange e) {
      throw new Problem(
          ProblemCode.AMOUNT_OUT_OF_RANGE, "an amount is a decimal integer below 2^256");
    }
    if (amount.isZero()) {
      throw new Problem(ProblemCode.AMOUNT_OUT_OF_RANGE, "an amount is more than 0");
    }
    return amount;
  }
}
