package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.ReasonCode;
import java.util.Locale;

/** Why {@link TaprootCustody} refuses something. Stable: part of the API. */
public enum CustodyCode implements ReasonCode {
  UNKNOWN_CHAIN,
  BAD_KEY,
  BAD_REFUND_DELAY,
  TOO_MANY_MEMBERS,
  COINBASE,
  NOT_PAID,
  NOT_PAYABLE,
  BAD_AMOUNT,
  BAD_FEE_RATE,
  FOREIGN_COIN,
  DUPLICATE_COIN,
  NOT_COVERED,
  DUST,
  TOO_LARGE,
  INCONSISTENT_PLAN,
  WRONG_SIGNERS,
  BAD_SIGNATURE;

  @Override
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
