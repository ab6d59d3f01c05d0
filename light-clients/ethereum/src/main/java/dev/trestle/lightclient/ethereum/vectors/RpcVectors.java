package dev.trestle.lightclient.ethereum.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorJson;
import dev.trestle.proofs.evm.EvmHeader;
import dev.trestle.proofs.evm.EvmLog;
import dev.trestle.proofs.evm.EvmReceipt;
import dev.trestle.proofs.evm.ReceiptProof;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Answers of a node as they are: an object with a block of {@code eth_getBlockByNumber} and, beside
 * it, the receipts of {@code eth_getBlockReceipts} and objects of {@code eth_getProof}. The header
 * must hash to the block's hash and everything else must follow from it.
 */
final class RpcVectors {
  private RpcVectors() {}

  static List<VectorCase> cases(JsonNode node) {
    Optional<JsonNode> block = child(node, "hash", "parentHash", "stateRoot", "receiptsRoot");
    List<VectorCase> cases = new ArrayList<>();
    if (block.isEmpty()) {
      return cases;
    }
    JsonNode found = block.get();
    cases.add(new VectorCase("block", Expected.ACCEPT, () -> block(found)));
    for (JsonNode child : node) {
      if (isListOf(child, "transactionHash", "cumulativeGasUsed", "logs")) {
        cases.add(new VectorCase("receipts", Expected.ACCEPT, () -> receipts(found, child)));
      }
      List<JsonNode> proofs =
          isListOf(child, "accountProof", "storageHash")
              ? VectorJson.list(child)
              : VectorJson.hasFields(child, "accountProof", "storageHash")
                  ? List.of(child)
                  : List.of();
      for (JsonNode proof : proofs) {
        Hash32 root = BeaconJson.hash(found, "stateRoot");
        cases.add(
            new VectorCase(
                "proof of " + VectorJson.text(proof, "address"),
                Expected.ACCEPT,
                () -> Outcome.of(StateClaims.eip1186(root, proof))));
      }
    }
    return cases;
  }

  private static Optional<JsonNode> child(JsonNode node, String... fields) {
    for (JsonNode child : node) {
      if (VectorJson.hasFields(child, fields)) {
        return Optional.of(child);
      }
    }
    return Optional.empty();
  }

  private static boolean isListOf(JsonNode node, String... fields) {
    return VectorJson.first(node).filter(item -> VectorJson.hasFields(item, fields)).isPresent();
  }

  private static Outcome block(JsonNode block) {
    EvmHeader header = EvmHeader.decode(HeaderVectors.encode(block));
    return Outcome.check(
        header.hash().equals(BeaconJson.hash(block, "hash")),
        RejectionCode.ROOT_MISMATCH,
        "hash " + header.hash());
  }

  private static Outcome receipts(JsonNode block, JsonNode list) {
    List<EvmReceipt> receipts = VectorJson.list(list).stream().map(RpcVectors::receipt).toList();
    Hash32 root = ReceiptProof.trie(receipts).root();
    return Outcome.check(
        root.equals(BeaconJson.hash(block, "receiptsRoot")),
        RejectionCode.ROOT_MISMATCH,
        "root " + root);
  }

  private static EvmReceipt receipt(JsonNode node) {
    int type =
        VectorJson.optional(node, "type")
            .map(value -> BeaconJson.unsigned(value).intValueExact())
            .orElse(0);
    return new EvmReceipt(
        type,
        BeaconJson.unsigned(VectorJson.field(node, "status")).signum() == 1,
        BeaconJson.unsigned(VectorJson.field(node, "cumulativeGasUsed")),
        VectorJson.hex(node, "logsBloom"),
        VectorJson.list(node, "logs").stream().map(RpcVectors::log).toList());
  }

  private static EvmLog log(JsonNode node) {
    Bytes address = VectorJson.hex(node, "address");
    List<Hash32> topics = VectorJson.list(node, "topics").stream().map(BeaconJson::hash).toList();
    if (address.size() != 20 || topics.size() > 4) {
      throw new DecodeException("not a log");
    }
    return new EvmLog(address, topics, VectorJson.hex(node, "data"));
  }
}
