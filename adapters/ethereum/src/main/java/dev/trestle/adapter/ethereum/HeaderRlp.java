package dev.trestle.adapter.ethereum;

import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.proofs.Rlp;
import dev.trestle.proofs.RlpItem;
import dev.trestle.proofs.evm.EvmHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Rebuilds a header's RLP, which nodes do not return, from the JSON of its block (Yellow Paper 4.3
 * with EIP-1559, 4895, 4844, 4788 and 7685). The result is accepted only if it hashes to the block
 * hash: a field that we do not know makes a header unusable, never wrong.
 */
final class HeaderRlp {
  private enum Form {
    QUANTITY,
    DATA
  }

  private record Field(String name, Form form) {}

  private static final List<Field> FRONTIER =
      List.of(
          data("parentHash"),
          data("sha3Uncles"),
          data("miner"),
          data("stateRoot"),
          data("transactionsRoot"),
          data("receiptsRoot"),
          data("logsBloom"),
          quantity("difficulty"),
          quantity("number"),
          quantity("gasLimit"),
          quantity("gasUsed"),
          quantity("timestamp"),
          data("extraData"),
          data("mixHash"),
          data("nonce"));

  /** Each fork added to the end: a header has a prefix of these. */
  private static final List<Field> LATER =
      List.of(
          quantity("baseFeePerGas"),
          data("withdrawalsRoot"),
          quantity("blobGasUsed"),
          quantity("excessBlobGas"),
          data("parentBeaconBlockRoot"),
          data("requestsHash"));

  private HeaderRlp() {}

  /** The header of a block as {@code eth_getBlockBy*} returns it. NODE_ERROR if it is not sound. */
  static RawHeader rebuild(JsonNode block) {
    List<RlpItem> items = new ArrayList<>();
    for (Field field : FRONTIER) {
      items.add(item(field, Json.require(block, field.name())));
    }
    boolean ended = false;
    for (Field field : LATER) {
      Optional<JsonNode> value = Json.field(block, field.name());
      if (value.isPresent() && ended) {
        throw Json.malformed(field.name() + " without the fields before it");
      }
      ended |= value.isEmpty();
      value.ifPresent(present -> items.add(item(field, present)));
    }
    Bytes raw = Rlp.encode(RlpItem.of(items));
    EvmHeader header = EvmHeader.decode(raw);
    Hash32 claimed = Json.hash(block, "hash");
    if (!header.hash().equals(claimed)) {
      throw Json.malformed("header " + claimed + " does not hash to its id");
    }
    return new RawHeader(
        new HeaderRef(header.number(), header.hash(), header.timestamp()),
        header.parentHash(),
        raw);
  }

  private static RlpItem item(Field field, JsonNode value) {
    return switch (field.form()) {
      case QUANTITY -> RlpItem.of(Json.integer(value));
      case DATA -> RlpItem.of(Json.bytes(value));
    };
  }

  private static Field data(String name) {
    return new Field(name, Form.DATA);
  }

  private static Field quantity(String name) {
    return new Field(name, Form.QUANTITY);
  }
}
