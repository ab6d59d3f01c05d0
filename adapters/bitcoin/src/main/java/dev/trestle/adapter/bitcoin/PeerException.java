package dev.trestle.adapter.bitcoin;

/** What a peer sent cannot be used; ends the connection. */
final class PeerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final PeerFault fault;

  PeerException(PeerFault fault, String detail) {
    super(fault.code() + ": " + detail);
    this.fault = fault;
  }

  PeerFault fault() {
    return fault;
  }
}
