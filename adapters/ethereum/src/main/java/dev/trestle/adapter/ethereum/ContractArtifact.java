package dev.trestle.adapter.ethereum;

import dev.trestle.base.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A compiled contract as it is checked in ({@code contracts/<name>.json}).
 *
 * @param bytecode creation code without constructor arguments
 * @param runtime code on the chain; with zeros where immutables stand
 * @param errors custom errors by their signature, for example {@code Expired(uint64)}
 */
record ContractArtifact(String name, Bytes bytecode, Bytes runtime, List<String> errors) {
  static final ContractArtifact RELAY_LIGHT_CLIENT = load("RelayLightClient");
  static final ContractArtifact BRIDGE = load("TrestleBridge");
  static final ContractArtifact WRAPPED_ASSET = load("WrappedAsset");
  static final ContractArtifact HTLC = load("TrestleHtlc");
  static final ContractArtifact DEPOSIT_BOX = load("DepositBox");

  ContractArtifact {
    errors = List.copyOf(errors);
  }

  static ContractArtifact load(String name) {
    String path = "/contracts/" + name + ".json";
    try (InputStream in = ContractArtifact.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException("no artifact " + path);
      }
      JsonNode json = JsonMapper.shared().readTree(in);
      List<String> errors = new ArrayList<>();
      for (JsonNode entry : Json.list(Json.require(json, "abi"))) {
        if (entry.path("type").asString("").equals("error")) {
          errors.add(signature(entry));
        }
      }
      return new ContractArtifact(
          name, Json.bytes(json, "bytecode"), Json.bytes(json, "runtimeBytecode"), errors);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String signature(JsonNode entry) {
    return entry.path("name").asString("")
        + Json.list(Json.require(entry, "inputs")).stream()
            .map(input -> input.path("type").asString(""))
            .collect(Collectors.joining(",", "(", ")"));
  }
}
