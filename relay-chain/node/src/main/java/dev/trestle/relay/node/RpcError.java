package dev.trestle.relay.node;

import dev.trestle.base.ReasonCode;
import dev.trestle.base.TrestleException;

/** A JSON-RPC error: one of the protocol's numbers and, for our own refusals, a stable code. */
final class RpcError extends TrestleException {
  static final int PARSE = -32700;
  static final int INVALID_REQUEST = -32600;
  static final int NO_METHOD = -32601;
  static final int INVALID_PARAMS = -32602;
  static final int INTERNAL = -32603;

  /** The request was understood and refused; {@code data.code} says why. */
  static final int REFUSED = -32000;

  private final int number;

  RpcError(int number, ReasonCode code, String message) {
    super(code, message);
    this.number = number;
  }

  static RpcError params(String message) {
    return new RpcError(INVALID_PARAMS, NodeReason.BAD_FRAME, message);
  }

  static RpcError notFound(String what) {
    return new RpcError(REFUSED, NodeReason.NOT_FOUND, what);
  }

  int number() {
    return number;
  }
}
