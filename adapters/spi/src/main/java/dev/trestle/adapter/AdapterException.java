package dev.trestle.adapter;

import dev.trestle.base.TrestleException;

/** An adapter call failed; {@link #error()} says whether trying again can help. */
public final class AdapterException extends TrestleException {
  private final AdapterError error;

  public AdapterException(AdapterError error, String message) {
    super(error, message);
    this.error = error;
  }

  public AdapterException(AdapterError error, String message, Throwable cause) {
    super(error, message, cause);
    this.error = error;
  }

  public AdapterError error() {
    return error;
  }

  /** Whether the same call may succeed later without any change. */
  public boolean isTransient() {
    return switch (error) {
      case UNREACHABLE, ENDPOINTS_DISAGREE, NODE_ERROR, NOT_FOUND, NOT_YET_VALID -> true;
      case BAD_CONFIG,
          WRONG_CHAIN,
          INVALID_ADDRESS,
          INVALID_AMOUNT,
          INSUFFICIENT_FUNDS,
          FEE_CAP_EXCEEDED,
          REJECTED_BY_CHAIN,
          NOT_SUPPORTED ->
          false;
    };
  }
}
