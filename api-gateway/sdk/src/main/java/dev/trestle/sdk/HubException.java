package dev.trestle.sdk;

/**
 * The gateway refused a request, or its answer did not stand up to a check of our own.
 *
 * <p>The code is stable: the problem's code, or one of {@link Check}.
 */
public final class HubException extends RuntimeException {
  private final String code;
  private final int status;

  /** Checks of the SDK itself; their status is 0. */
  public enum Check {
    /** The answer contradicts what we computed: do not use this gateway. */
    GATEWAY_MISMATCH,
    /** No usable answer within the time. */
    GATEWAY_UNREACHABLE,
    UNSAFE_TERMS,
    /** No deposit is credited to the transfer any more: open another one, with another key. */
    TRANSFER_EXPIRED,
    /** The deposit was taken back before it was swept: nothing is minted for it. */
    TRANSFER_TAKEN_BACK,
    /** The confirmations of a deposit that is paid now would come after the transfer's end. */
    TOO_LATE_TO_DEPOSIT,
    /** A proof does not show what it claims. */
    PROOF_INVALID,
    TIMED_OUT;

    String code() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }

  HubException(String code, int status, String message) {
    super(message);
    this.code = code;
    this.status = status;
  }

  HubException(Check check, String message) {
    this(check.code(), 0, message);
  }

  HubException(Check check, String message, Throwable cause) {
    super(message, cause);
    this.code = check.code();
    this.status = 0;
  }

  /** Stable reason. */
  public String code() {
    return code;
  }

  /** HTTP status; 0 when the SDK itself refused. */
  public int status() {
    return status;
  }
}
