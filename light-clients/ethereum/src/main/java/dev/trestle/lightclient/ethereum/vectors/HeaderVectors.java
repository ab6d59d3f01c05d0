package dev.trestle.lightclient.ethereum.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorJson;
import dev.trestle.proofs.Rlp;
import dev.trestle.proofs.RlpItem;
import dev.trestle.proofs.evm.EvmHeader;
import dev.trestle.proofs.evm.EvmReceipt;
import dev.trestle.proofs.evm.ReceiptProof;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/** Execution headers by fork, and all receipts of a block. */
final class HeaderVectors {
  /** Names of the fields as JSON-RPC writes them, in the order of the RLP. */
  private static final List<String> FIELDS =
      List.of(
          "parentHash",
          "sha3Uncles",
          "miner",
          "stateRoot",
          "transactionsRoot",
          "receiptsRoot",
          "logsBloom",
          "difficulty",
          "number",
          "gasLimit",
          "gasUsed",
          "timestamp",
          "extraData",
          "mixHash",
          "nonce",
          "baseFeePerGas",
          "withdrawalsRoot",
          "blobGasUsed",
          "excessBlobGas",
          "parentBeaconBlockRoot",
          "requestsHash");

  private static final List<String> QUANTITIES =
      List.of(
          "difficulty",
          "number",
          "gasLimit",
          "gasUsed",
          "timestamp",
          "baseFeePerGas",
          "blobGasUsed",
          "excessBlobGas");

  /** Fields of a header in the fork of this name. */
  private static final Map<String, Integer> COUNTS =
      Map.of("berlin", 15, "london", 16, "paris", 16, "shanghai", 17, "cancun", 20, "prague", 21);

  private HeaderVectors() {}

  static List<VectorCase> cases(JsonNode list) {
    List<VectorCase> cases = new ArrayList<>();
    for (JsonNode each : VectorJson.list(list)) {
      String era = VectorJson.optional(each, "era").map(JsonNode::asString).orElse("");
      boolean valid = !each.has("valid") || VectorJson.bool(each, "valid");
      cases.add(
          new VectorCase(
              era + " block " + VectorJson.field(each, "number").asString(),
              Expected.of(valid),
              () -> header(each, era)));
    }
    return cases;
  }

  private static Outcome header(JsonNode node, String era) {
    Bytes rlp = VectorJson.hex(node, "rlp");
    EvmHeader header;
    try {
      header = EvmHeader.decode(rlp);
    } catch (DecodeException e) {
      return Outcome.rejected(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
    if (!header.hash().equals(BeaconJson.hash(node, "hash"))) {
      return Outcome.rejected(RejectionCode.ROOT_MISMATCH, "hash " + header.hash());
    }
    List<RlpItem> items = Rlp.decode(rlp).items();
    JsonNode fields = VectorJson.field(node, "fields");
    boolean fits =
        COUNTS.getOrDefault(era, items.size()) == items.size()
            && header.number() == number(fields, "number")
            && header.timestamp() == number(fields, "timestamp")
            && header.stateRoot().equals(BeaconJson.hash(fields, "stateRoot"))
            && header.receiptsRoot().equals(BeaconJson.hash(fields, "receiptsRoot"))
            && encode(fields).equals(rlp);
    return Outcome.check(fits, RejectionCode.VALUE_MISMATCH, "another header");
  }

  private static long number(JsonNode fields, String name) {
    return BeaconJson.unsigned(VectorJson.field(fields, name)).longValueExact();
  }

  /** The RLP of a header from its fields by name; those that are missing end it. */
  static Bytes encode(JsonNode fields) {
    List<RlpItem> items = new ArrayList<>();
    for (String name : FIELDS) {
      if (VectorJson.optional(fields, name).isEmpty()) {
        break;
      }
      items.add(
          QUANTITIES.contains(name)
              ? RlpItem.of(quantity(VectorJson.field(fields, name)))
              : RlpItem.of(VectorJson.hex(fields, name)));
    }
    return Rlp.encode(RlpItem.of(items));
  }

  /** A quantity may be written with leading zeros. */
  private static BigInteger quantity(JsonNode value) {
    return BeaconJson.unsigned(value);
  }

  static List<VectorCase> receipts(JsonNode json) {
    List<Bytes> encoded = StateClaims.nodes(VectorJson.field(json, "receipts"));
    List<VectorCase> cases = new ArrayList<>();
    Optional<Hash32> blockHash = BeaconJson.optionalHash(json, "block_hash");
    cases.add(
        new VectorCase(
            "root of " + encoded.size() + " receipts",
            Expected.ACCEPT,
            () -> {
              List<EvmReceipt> receipts = encoded.stream().map(EvmReceipt::decode).toList();
              Hash32 root = ReceiptProof.trie(receipts).root();
              checkHeader(
                  VectorJson.hex(json, "header"),
                  blockHash,
                  header -> header.receiptsRoot().equals(root));
              Hash32 stated = BeaconJson.optionalHash(json, "receipts_root").orElse(root);
              return Outcome.check(
                  root.equals(stated), RejectionCode.ROOT_MISMATCH, "root " + root);
            }));
    for (int i = 0; i < encoded.size(); i++) {
      Bytes each = encoded.get(i);
      cases.add(
          new VectorCase(
              "receipt " + i,
              Expected.ACCEPT,
              () ->
                  Outcome.check(
                      EvmReceipt.decode(each).encode().equals(each),
                      RejectionCode.MALFORMED,
                      "another encoding")));
    }
    return cases;
  }

  /**
   * @throws IllegalStateException unless the header has this hash and fits
   */
  static void checkHeader(Bytes rlp, Optional<Hash32> hash, Predicate<EvmHeader> fits) {
    EvmHeader header = EvmHeader.decode(rlp);
    if (!hash.orElse(header.hash()).equals(header.hash()) || !fits.test(header)) {
      throw new IllegalStateException("the header is another one: " + header);
    }
  }
}
