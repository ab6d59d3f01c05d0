package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.Async;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * What waits in the mempools of the nodes: hints, never facts. Bounded: where a mempool is larger,
 * what is over the bound is seen only in its block. Not thread-safe.
 */
final class Mempool {
  /** Transactions kept. */
  static final int MAX_TRANSACTIONS = 50_000;

  /** New transactions fetched from one node with one look. */
  static final int MAX_FETCH = 2_000;

  private final EndpointPool pool;
  private Map<Hash32, Pending> pending = new LinkedHashMap<>();

  Mempool(EndpointPool pool) {
    this.pool = pool;
  }

  /**
   * @param votes nodes that have it
   */
  record Pending(Hash32 id, BitcoinTransaction transaction, int votes) {}

  int quorum() {
    return pool.quorum();
  }

  /** Looks at all mempools; a node that does not answer has no vote. */
  List<Pending> refresh() {
    Set<Hash32> known = Set.copyOf(pending.keySet());
    int room = Math.max(0, MAX_TRANSACTIONS - known.size());
    List<EndpointPool.Answer<Look>> looks =
        pool.all(rpc -> look(rpc, known, Math.min(room, MAX_FETCH)));
    Map<Hash32, Integer> votes = new LinkedHashMap<>();
    Map<Hash32, BitcoinTransaction> transactions = new HashMap<>();
    pending.forEach((id, entry) -> transactions.put(id, entry.transaction()));
    for (EndpointPool.Answer<Look> answer : looks) {
      if (answer.value().isPresent()) {
        Look look = answer.value().get();
        look.ids().forEach(id -> votes.merge(id, 1, Integer::sum));
        look.fetched().forEach(transactions::putIfAbsent);
      }
    }
    Map<Hash32, Pending> now = new LinkedHashMap<>();
    votes.forEach(
        (id, count) -> {
          BitcoinTransaction transaction = transactions.get(id);
          if (transaction != null) {
            now.put(id, new Pending(id, transaction, count));
          }
        });
    pending = now;
    return List.copyOf(now.values());
  }

  private record Look(Set<Hash32> ids, Map<Hash32, BitcoinTransaction> fetched) {}

  private static Look look(BitcoinRpc rpc, Set<Hash32> known, int most) {
    JsonNode list = Async.await(rpc.call("getrawmempool")).orThrow("getrawmempool");
    Set<Hash32> ids = new LinkedHashSet<>();
    for (JsonNode id : list) {
      ids.add(EndpointPool.hash(BitcoinRpc.text(id)));
    }
    List<Hash32> wanted = ids.stream().filter(id -> !known.contains(id)).limit(most).toList();
    Map<Hash32, BitcoinTransaction> fetched = new LinkedHashMap<>();
    for (int from = 0; from < wanted.size(); from += BitcoinRpc.MAX_BATCH) {
      List<Hash32> part =
          wanted.subList(from, Math.min(from + BitcoinRpc.MAX_BATCH, wanted.size()));
      fetched.putAll(fetch(rpc, part));
    }
    return new Look(ids, fetched);
  }

  private static Map<Hash32, BitcoinTransaction> fetch(BitcoinRpc rpc, List<Hash32> ids) {
    List<RpcReply> replies =
        Async.await(
            rpc.batch(
                ids.stream()
                    .map(id -> BitcoinRpc.Call.of("getrawtransaction", id.toReversedHex()))
                    .toList()));
    Map<Hash32, BitcoinTransaction> found = new LinkedHashMap<>();
    for (int i = 0; i < ids.size(); i++) {
      if (replies.get(i) instanceof RpcReply.Result(JsonNode value)) { // else it has just left
        Bytes raw = ChainReader.hex(BitcoinRpc.text(value));
        Optional<BitcoinTransaction> transaction = WireTransactions.read(raw, ids.get(i));
        Hash32 id = ids.get(i);
        transaction.ifPresent(read -> found.put(id, read));
      }
    }
    return found;
  }
}
