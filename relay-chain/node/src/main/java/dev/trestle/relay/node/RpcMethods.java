package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.ledger.Genesis;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The methods of the node's JSON-RPC. Bytes are lower-case hex with {@code 0x}; 64-bit numbers are
 * JSON integers. Parameters stand in a list, in the order that each method names, or in an object
 * under these names.
 */
final class RpcMethods implements RpcServer.Methods {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** How long a submitted transaction is waited for. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final RelayNode node;

  RpcMethods(RelayNode node) {
    this.node = node;
  }

  @Override
  public Future<JsonNode> call(String method, JsonNode params) {
    try {
      return switch (method) {
        case "relay_status" -> node.status().map(StatusJson::of);
        case "relay_getBlock" -> Future.succeededFuture(block(params));
        case "relay_getTransaction" -> Future.succeededFuture(transaction(params));
        case "relay_sendTransaction" -> send(params);
        case "relay_getValidators" -> Future.succeededFuture(validators(params));
        case "relay_getProof" -> proof(params);
        case "relay_getHistoryProof" -> Future.succeededFuture(historyProof(params));
        case "relay_getPacketProof" -> Future.succeededFuture(packetProof(params));
        default ->
            Future.failedFuture(
                new RpcError(RpcError.NO_METHOD, NodeReason.NOT_FOUND, "no method " + method));
      };
    } catch (RpcError e) {
      return Future.failedFuture(e);
    }
  }

  @Override
  public Future<Optional<String>> notReady() {
    return node.status().map(NodeStatus::notReady);
  }

  @Override
  public void submit(Bytes transaction, Consumer<Settlement> told) {
    node.submitAndAwait(transaction, PATIENCE, told);
  }

  /** {@code height}: a number, or {@code "latest"}. */
  private JsonNode block(JsonNode params) {
    long height = height(params, 0, "height");
    Block block = node.blockAt(height).orElseThrow(() -> RpcError.notFound("no block " + height));
    CommitCertificate certificate =
        node.certificateAt(height).orElseThrow(() -> RpcError.notFound("no block " + height));
    ObjectNode out = NODES.objectNode();
    out.put("height", height);
    out.put("id", hex(block.id()));
    out.put("timeMs", block.header().timeMs());
    out.put("parentId", hex(block.header().parentId()));
    out.put("stateRoot", hex(block.header().stateRoot()));
    out.put("outboxRoot", hex(block.header().outboxRoot()));
    out.put("builder", block.header().builder().toString());
    out.put("round", certificate.round());
    out.put("header", hex(block.header().encode()));
    out.put("certificate", hex(certificate.encode()));
    ArrayNode transactions = out.putArray("transactions");
    block.transactions().forEach(each -> transactions.add(hex(each)));
    return out;
  }

  /** {@code id}. */
  private JsonNode transaction(JsonNode params) {
    Hash32 id = hash(params, 0, "id");
    TransactionRecord record =
        node.transaction(id).orElseThrow(() -> RpcError.notFound("no transaction " + id));
    Block block =
        node.blockAt(record.height())
            .orElseThrow(() -> RpcError.notFound("no block " + record.height()));
    ObjectNode out = NODES.objectNode();
    out.put("id", hex(id));
    out.put("height", record.height());
    out.put("index", record.index());
    out.put("outcome", record.outcome().name().toLowerCase(java.util.Locale.ROOT));
    out.put("code", record.code());
    out.put("bytes", hex(block.transactions().get(record.index())));
    return out;
  }

  /** {@code bytes}: an encoded transaction. Answers with its id once it is in the mempool. */
  private Future<JsonNode> send(JsonNode params) {
    return node.submit(bytes(params, 0, "bytes"))
        .compose(
            verdict ->
                switch (verdict) {
                  case Verdict.Accepted<Hash32>(Hash32 id) ->
                      Future.succeededFuture((JsonNode) NODES.objectNode().put("id", hex(id)));
                  case Verdict.Ignored<Hash32>(ReasonCode reason, String detail) ->
                      refused(reason, detail);
                  case Verdict.Rejected<Hash32>(ReasonCode reason, String detail) ->
                      refused(reason, detail);
                  case Verdict.Later<Hash32>(ReasonCode reason, String detail) ->
                      refused(reason, detail);
                });
  }

  private static Future<JsonNode> refused(ReasonCode reason, String detail) {
    return Future.failedFuture(new RpcError(RpcError.REFUSED, reason, detail));
  }

  /** {@code height}: whose set is asked for; that of the next block without it. */
  private JsonNode validators(JsonNode params) {
    boolean named = !param(params, 0, "height").isMissingNode();
    long height = named ? height(params, 0, "height") : node.head() + 1;
    if (height < 1 || height > node.head() + 1) {
      throw RpcError.notFound("the set of height " + height + " is not decided");
    }
    ArrayNode out = NODES.arrayNode();
    for (Genesis.Validator each : node.validatorsAt(height).members()) {
      ObjectNode validator = out.addObject();
      validator.put("address", each.key().evmAddress().toString());
      validator.put("key", hex(each.key().compressed()));
      validator.put("certificate", hex(each.transportKeyHash()));
    }
    return out;
  }

  /** {@code key}: a state key. */
  private Future<JsonNode> proof(JsonNode params) {
    return node.prove(bytes(params, 0, "key"))
        .map(
            proven -> {
              RelayNode.ProvenValue found =
                  proven.orElseThrow(() -> RpcError.notFound("no block yet"));
              ObjectNode out = NODES.objectNode();
              out.put("height", found.header().height());
              out.put("header", hex(found.header().encode()));
              out.put("certificate", hex(found.certificate().encode()));
              out.put("key", hex(found.key()));
              found.value().ifPresent(value -> out.put("value", hex(value)));
              put(out.putArray("siblings"), found.proof().siblings());
              found
                  .proof()
                  .other()
                  .ifPresent(
                      leaf -> {
                        ObjectNode other = out.putObject("other");
                        other.put("keyHash", hex(leaf.keyHash()));
                        other.put("valueHash", hex(leaf.valueHash()));
                      });
              return out;
            });
  }

  /** {@code height} of the block to prove, {@code under} a later one or {@code "latest"}. */
  private JsonNode historyProof(JsonNode params) {
    long height = height(params, 0, "height");
    long under = height(params, 1, "under");
    RelayNode.HistoryProof found =
        node.historyProof(height, under)
            .orElseThrow(() -> RpcError.notFound("no block " + height + " before " + under));
    ObjectNode out = NODES.objectNode();
    out.put("header", hex(found.header().encode()));
    out.put("certificate", hex(found.certificate().encode()));
    out.put("older", hex(found.older().encode()));
    put(out.putArray("siblings"), found.proof().siblings());
    return out;
  }

  /** {@code packetId}. */
  private JsonNode packetProof(JsonNode params) {
    Hash32 id = hash(params, 0, "packetId");
    Optional<RelayNode.OutboxProof> proof = node.outboxProof(id);
    RelayNode.OutboxProof found = proof.orElseThrow(() -> RpcError.notFound("no packet " + id));
    ObjectNode out = NODES.objectNode();
    out.put("header", hex(found.header().encode()));
    out.put("certificate", hex(found.certificate().encode()));
    out.put("packet", hex(found.packet().encode()));
    out.put("index", found.proof().index());
    out.put("count", found.proof().count());
    put(out.putArray("siblings"), found.proof().siblings());
    return out;
  }

  private static void put(ArrayNode list, List<Hash32> hashes) {
    hashes.forEach(each -> list.add(hex(each)));
  }

  private static JsonNode param(JsonNode params, int index, String name) {
    return params.isArray() ? params.path(index) : params.path(name);
  }

  /** A number, or {@code "latest"}. */
  private long height(JsonNode params, int index, String name) {
    JsonNode wanted = param(params, index, name);
    if (wanted.isString() && wanted.asString().equals("latest")) {
      return node.head();
    }
    if (wanted.isIntegralNumber() && wanted.canConvertToLong()) {
      return wanted.asLong();
    }
    throw RpcError.params(name + " is a number or \"latest\"");
  }

  private static Bytes bytes(JsonNode params, int index, String name) {
    JsonNode value = param(params, index, name);
    if (!value.isString()) {
      throw RpcError.params(name + " is missing or not a hex text");
    }
    try {
      return Bytes.fromHex(value.asString());
    } catch (IllegalArgumentException e) {
      throw RpcError.params(name + " is not hex");
    }
  }

  private static Hash32 hash(JsonNode params, int index, String name) {
    Bytes bytes = bytes(params, index, name);
    if (bytes.size() != Hash32.SIZE) {
      throw RpcError.params(name + " is not 32 bytes");
    }
    return new Hash32(bytes);
  }

  private static String hex(Bytes bytes) {
    return "0x" + bytes.toHex();
  }

  private static String hex(Hash32 hash) {
    return hex(hash.bytes());
  }
}
