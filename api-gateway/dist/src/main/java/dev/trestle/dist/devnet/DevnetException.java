package dev.trestle.dist.devnet;

import dev.trestle.base.ReasonCode;
import dev.trestle.base.TrestleException;

/** The local network could not be set up or driven; the message says what to do. */
public final class DevnetException extends TrestleException {
  /** The one reason. */
  public enum Reason implements ReasonCode {
    DEVNET;

    @Override
    public String code() {
      return "devnet";
    }
  }

  public DevnetException(String message) {
    super(Reason.DEVNET, message);
  }

  public DevnetException(String message, Throwable cause) {
    super(Reason.DEVNET, message, cause);
  }
}
