package dev.trestle.adapter.ethereum;

import dev.trestle.adapter.HtlcPort.LockSpend;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.lightclient.HeaderRef;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Finds the preimage of a lock in transactions that wait for a block. Whoever sends one has made it
 * public. A preimage proves itself by its hash, so that one node's word is enough; a node that does
 * not tell what waits is no failure.
 */
final class PendingClaims {
  private static final int SELECTOR = 4;
  private static final int WORD = 32;

  private final EndpointPool pool;
  private final EvmAddress contract;

  PendingClaims(EndpointPool pool, EvmAddress contract) {
    this.pool = pool;
    this.contract = contract;
  }

  /** Empty from the expiry on: such a claim has no effect any more. */
  Optional<LockSpend> find(HtlcCalls lock, HeaderRef head) {
    if (head.timestampSeconds() >= lock.expiry()) {
      return Optional.empty();
    }
    for (EndpointPool.Answer<Optional<LockSpend>> answer : pool.all(rpc -> find(rpc, lock))) {
      if (answer instanceof EndpointPool.Answer.Value<Optional<LockSpend>>(var found)
          && found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private Optional<LockSpend> find(EvmRpc rpc, HtlcCalls lock) {
    JsonNode block = rpc.require("eth_getBlockByNumber", "pending", true);
    for (JsonNode transaction : Json.list(Json.require(block, "transactions"))) {
      boolean ours =
          Json.field(transaction, "to").map(Json::bytes).equals(Optional.of(contract.bytes()));
      if (ours) {
        Optional<Hash32> preimage = search(Json.bytes(transaction, "input"), lock.hash());
        if (preimage.isPresent()) {
          return Optional.of(
              new LockSpend.Claimed(Json.hash(transaction, "hash"), preimage.get(), 0, false));
        }
      }
    }
    return Optional.empty();
  }

  /** Looks at every word of the call data, wherever a function takes the preimage. */
  static Optional<Hash32> search(Bytes input, Hash32 hash) {
    for (int at = SELECTOR; at + WORD <= input.size(); at += WORD) {
      Bytes word = input.slice(at, at + WORD);
      if (Digests.sha256(word).equals(hash)) {
        return Optional.of(new Hash32(word));
      }
    }
    return Optional.empty();
  }
}
