package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.Evidence;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reads what subscriptions tell from a node's store. */
final class StoreEvents implements EventSource {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Supplier<RocksStore> stores;

  /**
   * @param stores the node's store, which may become another one
   */
  StoreEvents(Supplier<RocksStore> stores) {
    this.stores = stores;
  }

  @Override
  public long head() {
    return stores.get().head();
  }

  @Override
  public long lowest() {
    return stores.get().lowest();
  }

  @Override
  public Optional<JsonNode> at(Topic topic, long height) {
    return stores
        .get()
        .block(height)
        .flatMap(
            block ->
                switch (topic) {
                  case BLOCKS -> Optional.of(block(block));
                  case TRANSACTIONS -> list("transactions", transactions(block));
                  case PACKETS -> list("packets", packets(height));
                  case EVIDENCE -> list("evidence", evidence(block));
                });
  }

  @Override
  public Optional<JsonNode> transaction(Hash32 id) {
    return stores.get().transaction(id).map(record -> told(NODES.objectNode(), record));
  }

  private static JsonNode block(Block block) {
    ObjectNode out = NODES.objectNode();
    out.put("id", hex(block.id().bytes()));
    out.put("parentId", hex(block.header().parentId().bytes()));
    out.put("timeMs", block.header().timeMs());
    out.put("stateRoot", hex(block.header().stateRoot().bytes()));
    out.put("outboxRoot", hex(block.header().outboxRoot().bytes()));
    ArrayNode ids = out.putArray("transactions");
    block.transactions().forEach(each -> ids.add(hex(Digests.sha256(each).bytes())));
    return out;
  }

  private ArrayNode transactions(Block block) {
    ArrayNode out = NODES.arrayNode();
    for (Bytes encoded : block.transactions()) {
      stores
          .get()
          .transaction(Digests.sha256(encoded))
          .ifPresent(record -> told(out.addObject(), record));
    }
    return out;
  }

  private static JsonNode told(ObjectNode out, TransactionRecord record) {
    out.put("id", hex(record.id().bytes()));
    out.put("height", record.height());
    out.put("index", record.index());
    out.put("outcome", record.outcome().name().toLowerCase(Locale.ROOT));
    out.put("code", record.code());
    return out;
  }

  private ArrayNode packets(long height) {
    ArrayNode out = NODES.arrayNode();
    List<Packet> outbox = stores.get().outbox(height);
    for (int i = 0; i < outbox.size(); i++) {
      ObjectNode packet = out.addObject();
      packet.put("id", hex(outbox.get(i).id().bytes()));
      packet.put("index", i);
      packet.put("bytes", hex(outbox.get(i).encode()));
    }
    return out;
  }

  private static ArrayNode evidence(Block block) {
    ArrayNode out = NODES.arrayNode();
    for (Evidence each : block.evidence()) {
      ObjectNode fault = out.addObject();
      fault.put("validator", each.offender().toString());
      fault.put("height", each.height());
    }
    return out;
  }

  private static Optional<JsonNode> list(String name, ArrayNode all) {
    if (all.isEmpty()) {
      return Optional.empty();
    }
    ObjectNode out = NODES.objectNode();
    out.set(name, all);
    return Optional.of(out);
  }

  private static String hex(Bytes bytes) {
    return "0x" + bytes.toHex();
  }
}
