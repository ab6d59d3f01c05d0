package dev.trestle.adapter.ethereum;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.proofs.evm.EvmLog;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.web3j.abi.datatypes.Type;
import tools.jackson.databind.JsonNode;

/** Reads contracts at a given block, agreed on by more than half of the nodes. Methods block. */
final class ContractReader {
  private final ChainReader chain;

  ContractReader(ChainReader chain) {
    this.chain = chain;
  }

  /** What {@code function} returns, at the end of {@code block}. */
  Bytes call(EvmAddress contract, HeaderRef block, String function, Type<?>... arguments) {
    Map<String, String> request = new LinkedHashMap<>();
    request.put("to", contract.toString());
    request.put("data", Json.data(Abi.call(function, arguments)));
    return chain.pool().agree(rpc -> call(rpc, request, Json.quantity(block.height())));
  }

  /** Code of a contract at the best block; empty when there is none. */
  Bytes code(EvmAddress contract) {
    String height = Json.quantity(chain.tip().ref().height());
    return chain
        .pool()
        .agree(rpc -> Json.bytes(rpc.require("eth_getCode", contract.toString(), height)));
  }

  /**
   * A log and where it stands.
   *
   * @param index within the block
   */
  record LogEntry(long height, Hash32 blockId, Hash32 transactionId, long index, EvmLog log) {}

  /**
   * Logs of {@code contract} in the blocks {@code from..to}, in chain order.
   *
   * @param topics each a hex word or a list of hex words
   */
  List<LogEntry> logs(EvmAddress contract, long from, long to, List<?> topics) {
    Map<String, Object> filter = new LinkedHashMap<>();
    filter.put("address", contract.toString());
    filter.put("fromBlock", Json.quantity(from));
    filter.put("toBlock", Json.quantity(to));
    filter.put("topics", topics);
    return chain
        .pool()
        .agree(
            rpc ->
                Json.list(rpc.require("eth_getLogs", filter)).stream()
                    .map(json -> entry(json, contract, from, to))
                    .toList());
  }

  private static LogEntry entry(JsonNode json, EvmAddress contract, long from, long to) {
    LogEntry entry =
        new LogEntry(
            Json.integer64(json, "blockNumber"),
            Json.hash(json, "blockHash"),
            Json.hash(json, "transactionHash"),
            Json.integer64(json, "logIndex"),
            log(json));
    boolean asked =
        entry.log().address().equals(contract.bytes())
            && entry.height() >= from
            && entry.height() <= to;
    if (!asked) {
      throw Json.malformed("a log that was not asked for");
    }
    return entry;
  }

  static EvmLog log(JsonNode json) {
    List<Hash32> topics =
        Json.list(Json.require(json, "topics")).stream()
            .map(topic -> new Hash32(Json.bytes(topic)))
            .toList();
    return new EvmLog(Json.address(json, "address").bytes(), topics, Json.bytes(json, "data"));
  }

  private static Bytes call(EvmRpc rpc, Map<String, String> request, String block) {
    return switch (rpc.call("eth_call", request, block)) {
      case EvmRpc.Reply.Result(var value) ->
          Json.bytes(value.orElseThrow(() -> Json.malformed("a call without result")));
      case EvmRpc.Reply.Failed failed ->
          throw new AdapterException(
              failed.isRevert() ? AdapterError.REJECTED_BY_CHAIN : AdapterError.NODE_ERROR,
              failed.isRevert() ? RevertReason.of(failed.data()) : failed.message());
    };
  }
}
