package dev.trestle.dist.refusal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.dist.devnet.DevnetException;
import dev.trestle.dist.devnet.NodeRpc;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.web3j.abi.FunctionEncoder;
import org.web3j.abi.datatypes.Address;
import org.web3j.abi.datatypes.DynamicArray;
import org.web3j.abi.datatypes.DynamicBytes;
import org.web3j.abi.datatypes.Function;
import org.web3j.abi.datatypes.Type;
import tools.jackson.databind.JsonNode;

/** Contracts over plain JSON-RPC: no adapter of ours is in between. */
final class Evm {
  private static final String GAS = "0x7a120";

  private final NodeRpc node;

  Evm(NodeRpc node) {
    this.node = node;
  }

  static Bytes selector(String signature) {
    return Digests.keccak256(Bytes.utf8(signature)).bytes().slice(0, 4);
  }

  /** {@code RelayLightClient.verify}. */
  @SuppressWarnings("rawtypes") // web3j takes its arguments as raw types
  static Bytes verify(Bytes header, Bytes certificate, List<EvmAddress> validators) {
    List<Type> arguments =
        List.of(
            new DynamicBytes(header.toArray()),
            new DynamicBytes(certificate.toArray()),
            new DynamicArray<>(
                Address.class,
                validators.stream().map(each -> new Address(each.toString())).toList()));
    return Bytes.fromHex(FunctionEncoder.encode(new Function("verify", arguments, List.of())));
  }

  /** What a call returns. */
  Bytes call(EvmAddress contract, Bytes data) {
    return Bytes.fromHex(
        node.call("eth_call", Map.of("to", contract.toString(), "data", hex(data)), "latest")
            .asString());
  }

  /** The call reverts with this error, whatever its arguments. */
  void reverts(String error, EvmAddress contract, Bytes data) {
    DevnetException refusal =
        catchThrowableOfType(DevnetException.class, () -> call(contract, data));
    assertThat(refusal).as("%s was not refused", hex(data)).isNotNull();
    assertThat(refusal).hasMessageContaining("\"data\":\"0x" + selector(error).toHex());
  }

  /** Sends a transaction that a node would advise against; gives its receipt. */
  JsonNode send(Scene scene, EvmAddress contract, Bytes data) {
    String from = node.call("eth_accounts").path(0).asString();
    String id =
        node.call(
                "eth_sendTransaction",
                Map.of("from", from, "to", contract.toString(), "data", hex(data), "gas", GAS))
            .asString();
    return scene
        .until(
            "the receipt of " + id,
            () ->
                Optional.of(node.call("eth_getTransactionReceipt", id)).filter(JsonNode::isObject),
            Optional::isPresent)
        .orElseThrow();
  }

  private static String hex(Bytes data) {
    return "0x" + data.toHex();
  }
}
