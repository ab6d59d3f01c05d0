package dev.trestle.adapter;

import dev.trestle.base.ReasonCode;
import java.util.Locale;

/** Why an adapter call failed. Stable: shown by the API. */
public enum AdapterError implements ReasonCode {
  BAD_CONFIG,
  /** The node is another chain than configured: refuse to sign or read. */
  WRONG_CHAIN,
  UNREACHABLE,
  /** Endpoints answer differently: halt, never pick one. */
  ENDPOINTS_DISAGREE,
  NODE_ERROR,
  NOT_FOUND,
  INVALID_ADDRESS,
  INVALID_AMOUNT,
  INSUFFICIENT_FUNDS,
  FEE_CAP_EXCEEDED,
  /** The chain refuses the transaction for good. */
  REJECTED_BY_CHAIN,
  /** Not yet valid: a refund before its time. */
  NOT_YET_VALID,
  NOT_SUPPORTED;

  @Override
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
