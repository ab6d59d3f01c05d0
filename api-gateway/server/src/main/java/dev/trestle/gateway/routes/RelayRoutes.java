package dev.trestle.gateway.routes;

import dev.trestle.adapter.PacketPort.PacketDelivery;
import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.PublicKey;
import dev.trestle.gateway.http.JsonHttp;
import dev.trestle.gateway.http.JsonHttp.Answer;
import dev.trestle.gateway.http.Problem;
import dev.trestle.gateway.http.ProblemCode;
import dev.trestle.gateway.hub.Hub;
import dev.trestle.gateway.hub.HubNode;
import dev.trestle.gateway.hub.Ids;
import dev.trestle.relay.consensus.ValidatorSet;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.sdk.Api;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The relay chain itself: blocks, validators, transactions, proofs. */
public final class RelayRoutes {
  private final Hub hub;

  public RelayRoutes(Hub hub) {
    this.hub = hub;
  }

  public void mount(Router router, JsonHttp http) {
    http.serve(router.get("/v1/relay/status"), request -> Answer.ok(status(hub)));
    http.serve(router.get("/v1/relay/blocks"), request -> Answer.ok(blocks(request)));
    http.serve(router.get("/v1/relay/blocks/:height"), request -> Answer.ok(block(request)));
    http.serve(
        router.route(HttpMethod.POST, "/v1/relay/transactions"),
        request -> Answer.accepted(submit(hub, JsonHttp.body(request, Api.RawTransaction.class))));
    http.serve(router.get("/v1/relay/transactions/:id"), request -> Answer.ok(receipt(request)));
    http.serve(router.get("/v1/relay/validators"), request -> Answer.ok(validators(request)));
    http.serve(router.get("/v1/relay/accounts/:key"), request -> Answer.ok(account(request)));
    http.serve(
        router.get("/v1/relay/packets/:id/proof"), request -> Answer.ok(packetProof(request)));
  }

  static Api.RelayStatus status(Hub hub) {
    HubNode.Head head = hub.node().head();
    int validators = hub.node().validators().size();
    HubNode.Liveness liveness = hub.node().liveness();
    return new Api.RelayStatus(
        head.height(),
        head.id().toHex(),
        validators,
        2 * validators / 3 + 1,
        head.timeMillis(),
        liveness.stall().isEmpty(),
        liveness.stall().map(HubNode.Stall::sinceMillis),
        liveness.unreachable().stream().map(Object::toString).toList());
  }

  private Api.Paged<Api.Block> blocks(RoutingContext request) {
    int limit = Pages.limit(request);
    long head = hub.node().head().height();
    long from =
        Pages.query(request, "cursor")
            .map(cursor -> Math.min(height(cursor) - 1, head))
            .orElse(head);
    List<Api.Block> page = new ArrayList<>();
    Optional<HubNode.BlockInfo> next = hub.node().block(from);
    while (next.isPresent() && page.size() < limit) { // below the lowest that is kept is none
      page.add(describe(next.get()));
      next = hub.node().block(next.get().height() - 1);
    }
    boolean more = next.isPresent();
    Optional<String> cursor =
        more ? Optional.of(Long.toString(page.getLast().height())) : Optional.empty();
    return new Api.Paged<>(page, new Api.Page(cursor, more));
  }

  private Api.Block block(RoutingContext request) {
    long height = height(Pages.path(request, "height"));
    return hub.node()
        .block(height)
        .map(RelayRoutes::describe)
        .orElseThrow(() -> new Problem(ProblemCode.NOT_FOUND, "there is no block " + height));
  }

  private static long height(String text) {
    if (!text.matches("[0-9]{1,18}")) {
      throw new Problem(ProblemCode.VALIDATION_FAILED, "a height is a number");
    }
    return Long.parseLong(text);
  }

  private static Api.Block describe(HubNode.BlockInfo block) {
    return new Api.Block(
        block.height(),
        block.id().toHex(),
        block.timeMillis(),
        block.stateRoot().toHex(),
        block.outboxRoot().toHex(),
        Optional.of(block.builder().toString()),
        block.transactions().stream().map(Hash32::toHex).toList(),
        block.header().toHex(),
        block.certificate().toHex());
  }

  static Transaction decode(Api.RawTransaction raw) {
    try {
      return Transaction.decode(Bytes.fromHex(raw.transaction()));
    } catch (DecodeException | IllegalArgumentException e) {
      throw new Problem(
          ProblemCode.VALIDATION_FAILED, "not a relay transaction: " + e.getMessage());
    }
  }

  /** Hands a transaction to the validators; a refusal is a problem with the ledger's code. */
  static Api.TransactionReceipt submit(Hub hub, Api.RawTransaction raw) {
    Transaction transaction = decode(raw);
    Optional<HubNode.Included> known = hub.node().find(transaction.id());
    if (known.isPresent()) {
      return describe(known.get());
    }
    return switch (hub.node().send(transaction)) {
      case Verdict.Accepted<Hash32>(Hash32 id) -> pending(id);
      case Verdict.Ignored<Hash32>(ReasonCode reason, String detail) -> pending(transaction.id());
      case Verdict.Later<Hash32>(ReasonCode reason, String detail) -> throw refused(reason, detail);
      case Verdict.Rejected<Hash32>(ReasonCode reason, String detail) ->
          throw refused(reason, detail);
    };
  }

  private static Problem refused(ReasonCode reason, String detail) {
    return new Problem(ProblemCode.TRANSACTION_REJECTED, reason.code(), detail);
  }

  private static Api.TransactionReceipt pending(Hash32 id) {
    return new Api.TransactionReceipt(
        id.toHex(), "pending", Optional.empty(), Optional.empty(), Optional.empty());
  }

  private static Api.TransactionReceipt describe(HubNode.Included included) {
    return new Api.TransactionReceipt(
        included.receipt().transactionId().toHex(),
        included.receipt().isSuccess() ? "succeeded" : "failed",
        Optional.of(included.height()),
        Optional.of(included.receipt().code()),
        Optional.of(included.receipt().detail()));
  }

  private Api.TransactionReceipt receipt(RoutingContext request) {
    Hash32 id = Ids.hash(Pages.path(request, "id"), "a transaction id");
    return hub.node()
        .find(id)
        .map(RelayRoutes::describe)
        .orElseThrow(
            () -> new Problem(ProblemCode.NOT_FOUND, "no block holds the transaction (yet)"));
  }

  private Api.Validators validators(RoutingContext request) {
    Optional<Long> height = Pages.query(request, "height").map(RelayRoutes::height);
    List<HubNode.ValidatorInfo> set =
        height
            .map(hub.node()::validatorsAt)
            .orElseGet(() -> Optional.of(hub.node().validators()))
            .orElseThrow(
                () -> new Problem(ProblemCode.NOT_FOUND, "the set of this height is not decided"));
    return new Api.Validators(
        ValidatorSet.of(set.stream().map(HubNode.ValidatorInfo::key).toList()).hash().toHex(),
        2 * set.size() / 3 + 1,
        set.stream()
            .map(v -> new Api.Validator(v.index(), v.address().toString(), v.key().toString()))
            .toList());
  }

  private Api.Account account(RoutingContext request) {
    try {
      PublicKey key = PublicKey.fromHex(Pages.path(request, "key"));
      return new Api.Account(key.toString(), hub.node().view().nonce(key));
    } catch (IllegalArgumentException e) {
      throw new Problem(ProblemCode.VALIDATION_FAILED, "a key is a compressed secp256k1 key, hex");
    }
  }

  private Api.PacketProof packetProof(RoutingContext request) {
    Hash32 id = Ids.hash(Pages.path(request, "id"), "a packet id");
    PacketDelivery delivery =
        hub.node()
            .delivery(id)
            .orElseThrow(() -> new Problem(ProblemCode.NOT_FOUND, "there is no such packet"));
    return new Api.PacketProof(
        delivery.packet().encode().toHex(),
        id.toHex(),
        delivery.header().toHex(),
        delivery.certificate().toHex(),
        delivery.validators().stream().map(Object::toString).toList(),
        delivery.leafIndex(),
        delivery.leafCount(),
        delivery.siblings().stream().map(Hash32::toHex).toList(),
        hub.node().handOvers().stream()
            .map(
                each ->
                    new Api.HandOver(
                        each.header().toHex(),
                        each.certificate().toHex(),
                        each.next().stream().map(Object::toString).toList()))
            .toList());
  }
}
