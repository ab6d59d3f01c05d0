package dev.trestle.lightclient.ethereum.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorJson;
import dev.trestle.proofs.evm.EvmHeader;
import dev.trestle.proofs.evm.EvmLog;
import dev.trestle.proofs.evm.EvmReceipt;
import dev.trestle.proofs.evm.ReceiptProof;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Answers of a node as they are, with or without the envelope of JSON-RPC: an object with a block
 * of {@code eth_getBlockByNumber} and, beside it, the receipts of {@code eth_getBlockReceipts} and
 * objects of {@code eth_getProof}. The header must hash to the block's hash and everything else
 * must follow from it. One such answer alone must agree with itself.
 */
final class RpcVectors {
  private static final String[] BLOCK = {"hash", "parentHash", "stateRoot", "receiptsRoot"};
  private static final String[] RECEIPT = {"transactionHash", "cumulativeGasUsed", "logs"};
  private static final String[] PROOF = {"accountProof", "storageHash"};

  private RpcVectors() {}

  static List<VectorCase> cases(JsonNode node) {
    Optional<JsonNode> block = child(node, BLOCK);
    List<VectorCase> cases = new ArrayList<>();
    if (block.isEmpty()) {
      return cases;
    }
    JsonNode found = block.get();
    cases.add(new VectorCase("block", Expected.ACCEPT, () -> block(found)));
    for (JsonNode part : node) {
      JsonNode child = unwrapped(part);
      if (isListOf(child, RECEIPT)) {
        cases.add(new VectorCase("receipts", Expected.ACCEPT, () -> receipts(found, child)));
      }
      List<JsonNode> proofs =
          isListOf(child, PROOF)
              ? VectorJson.list(child)
              : VectorJson.hasFields(child, PROOF) ? List.of(child) : List.of();
      for (JsonNode proof : proofs) {
        cases.add(proof(BeaconJson.hash(found, "stateRoot"), proof));
      }
    }
    return cases;
  }

  /** A block, a proof, or a list of receipts or proofs with no block beside it. */
  static List<VectorCase> alone(JsonNode answer) {
    JsonNode node = unwrapped(answer);
    List<VectorCase> cases = new ArrayList<>();
    if (VectorJson.hasFields(node, BLOCK)) {
      cases.add(new VectorCase("block", Expected.ACCEPT, () -> block(node)));
    } else if (isListOf(node, RECEIPT)) {
      cases.add(new VectorCase("receipts", Expected.ACCEPT, () -> increasing(node)));
    } else {
      boolean one = VectorJson.hasFields(node, PROOF);
      List<JsonNode> proofs =
          one ? List.of(node) : isListOf(node, PROOF) ? VectorJson.list(node) : List.of();
      for (JsonNode proof : proofs) {
        Optional<JsonNode> top = VectorJson.first(VectorJson.field(proof, "accountProof"));
        if (top.isPresent()) {
          cases.add(proof(Digests.keccak256(VectorJson.hex(top.get())), proof));
        }
      }
    }
    return cases;
  }

  private static VectorCase proof(Hash32 stateRoot, JsonNode proof) {
    return new VectorCase(
        "proof of " + VectorJson.text(proof, "address"),
        Expected.ACCEPT,
        () -> Outcome.of(StateClaims.eip1186(stateRoot, proof)));
  }

  private static JsonNode unwrapped(JsonNode answer) {
    return VectorJson.hasFields(answer, "jsonrpc", "result")
        ? VectorJson.field(answer, "result")
        : answer;
  }

  /** Receipts of one block: every one can be read, and uses more gas than those before it. */
  private static Outcome increasing(JsonNode list) {
    BigInteger before = BigInteger.ZERO;
    for (JsonNode each : VectorJson.list(list)) {
      BigInteger used = receipt(each).cumulativeGas();
      if (used.compareTo(before) <= 0) {
        return Outcome.rejected(RejectionCode.VALUE_MISMATCH, "gas " + used + " after " + before);
      }
      before = used;
    }
    return Outcome.ok();
  }

  private static Optional<JsonNode> child(JsonNode node, String... fields) {
    for (JsonNode part : node) {
      JsonNode child = unwrapped(part);
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
