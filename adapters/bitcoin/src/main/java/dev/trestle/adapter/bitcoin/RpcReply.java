package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import tools.jackson.databind.JsonNode;

/** What a node answered to one call: a result, or an error with Bitcoin Core's stable code. */
sealed interface RpcReply {
  record Result(JsonNode value) implements RpcReply {}

  /**
   * @param code as in Bitcoin Core's {@code rpc/protocol.h}; decisions go by this alone
   * @param message for people; differs between versions of the node
   */
  record Failure(int code, String message) implements RpcReply {}

  /** RPC_INVALID_ADDRESS_OR_KEY: no such block or transaction. */
  int NOT_FOUND = -5;

  /** RPC_INVALID_PARAMETER: for example a height above the tip; a scan that is running already. */
  int INVALID_PARAMETER = -8;

  /** RPC_VERIFY_ERROR: inputs of a transaction are missing or spent. */
  int VERIFY_ERROR = -25;

  /** RPC_VERIFY_REJECTED: consensus or policy refuses a transaction. */
  int VERIFY_REJECTED = -26;

  /** RPC_VERIFY_ALREADY_IN_CHAIN. */
  int ALREADY_IN_CHAIN = -27;

  /** RPC_IN_WARMUP. */
  int WARMING_UP = -28;

  /**
   * The result.
   *
   * @throws AdapterException with NOT_FOUND, UNREACHABLE (the node is starting) or NODE_ERROR
   */
  default JsonNode orThrow(String method) {
    return switch (this) {
      case Result(JsonNode value) -> value;
      case Failure(int code, String message) ->
          throw new AdapterException(
              switch (code) {
                case NOT_FOUND -> AdapterError.NOT_FOUND;
                case WARMING_UP -> AdapterError.UNREACHABLE;
                default -> AdapterError.NODE_ERROR;
              },
              method + ": " + code + " " + message);
    };
  }
}
