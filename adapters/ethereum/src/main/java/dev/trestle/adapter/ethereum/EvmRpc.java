package dev.trestle.adapter.ethereum;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.base.Bytes;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.web3j.protocol.core.Request;
import org.web3j.protocol.core.Response;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * JSON-RPC of one EVM node. An error that the node reports is a value ({@link Reply.Failed}); no
 * usable answer is an {@link AdapterException} with UNREACHABLE. Methods block.
 */
final class EvmRpc {
  /** Longest part of a node's error message that is passed on, characters. */
  private static final int MAX_MESSAGE = 300;

  private final VertxRpcService service;

  EvmRpc(VertxRpcService service) {
    this.service = service;
  }

  String label() {
    return service.label();
  }

  /** What a node answers. */
  sealed interface Reply {
    /** {@code value} is empty for JSON null. */
    record Result(Optional<JsonNode> value) implements Reply {}

    /**
     * @param data what a reverted call returned; empty when there is none
     */
    record Failed(int code, String message, Bytes data) implements Reply {
      /** Whether a contract refused, rather than the node. */
      boolean isRevert() {
        return !data.isEmpty() || message.contains("revert");
      }
    }
  }

  /** web3j's response with the result as it is: its typed ones drop fields that we need. */
  static final class JsonReply extends Response<JsonNode> {}

  Reply call(String method, Object... params) {
    JsonReply reply;
    try {
      reply = new Request<>(method, List.of(params), service, JsonReply.class).send();
    } catch (IOException e) {
      throw new AdapterException(AdapterError.UNREACHABLE, String.valueOf(e.getMessage()), e);
    } catch (JacksonException e) {
      throw new AdapterException(AdapterError.UNREACHABLE, label() + " sends no JSON-RPC", e);
    }
    if (reply.hasError()) {
      Response.Error error = reply.getError();
      String message = String.valueOf(error.getMessage());
      return new Reply.Failed(
          error.getCode(),
          message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE),
          revertData(error.getData()));
    }
    return new Reply.Result(
        Optional.ofNullable(reply.getResult()).filter(result -> !result.isNull()));
  }

  /** The result, or empty for null; a reported error is NODE_ERROR. */
  Optional<JsonNode> query(String method, Object... params) {
    return switch (call(method, params)) {
      case Reply.Result(Optional<JsonNode> value) -> value;
      case Reply.Failed failed ->
          throw new AdapterException(
              AdapterError.NODE_ERROR,
              label() + " " + method + ": " + failed.message() + " (" + failed.code() + ")");
    };
  }

  /** As {@link #query}, where null is NOT_FOUND. */
  JsonNode require(String method, Object... params) {
    return query(method, params)
        .orElseThrow(
            () -> new AdapterException(AdapterError.NOT_FOUND, method + ": the node has none"));
  }

  private static Bytes revertData(@org.jspecify.annotations.Nullable String data) {
    if (data == null) {
      return Bytes.EMPTY;
    }
    String hex = data.startsWith("\"") ? data.substring(1, data.length() - 1) : data;
    return hex.matches("0x([0-9a-fA-F]{2})*") ? Bytes.fromHex(hex) : Bytes.EMPTY;
  }
}
