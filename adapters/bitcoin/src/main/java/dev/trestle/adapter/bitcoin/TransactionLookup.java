package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.OutPoint;
import dev.trestle.lightclient.bitcoin.tx.TxOutput;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/** Finds transactions by id ({@code txindex=1}). Methods block. */
final class TransactionLookup {
  private final EndpointPool pool;
  private final ChainReader chain;

  TransactionLookup(EndpointPool pool, ChainReader chain) {
    this.pool = pool;
    this.chain = chain;
  }

  /** Where a transaction is. */
  sealed interface Place {
    record Nowhere() implements Place {}

    record Waiting() implements Place {}

    /**
     * @param confirmations including the block itself
     */
    record InBlock(RawHeader block, long confirmations) implements Place {}
  }

  /**
   * More than half of the nodes must know it in the same block of the best chain; where fewer know
   * it, it counts as waiting.
   */
  Place find(Hash32 id) {
    List<EndpointPool.Answer<Sighting>> answers = pool.all(rpc -> sight(rpc, id));
    EndpointPool.refuseWrongChain(answers);
    Map<Hash32, Integer> votes = new LinkedHashMap<>();
    int answered = 0;
    boolean known = false;
    for (EndpointPool.Answer<Sighting> answer : answers) {
      if (answer.value().isPresent()) {
        Sighting sighting = answer.value().get();
        answered++;
        known |= sighting.known();
        sighting.block().ifPresent(block -> votes.merge(block, 1, Integer::sum));
      }
    }
    for (Map.Entry<Hash32, Integer> vote : votes.entrySet()) {
      if (vote.getValue() >= pool.quorum()) {
        return inBlock(vote.getKey());
      }
    }
    if (answered < pool.quorum()) {
      throw new AdapterException(AdapterError.UNREACHABLE, "too few nodes answer");
    }
    return known ? new Place.Waiting() : new Place.Nowhere();
  }

  private Place inBlock(Hash32 block) {
    long height = pool.agree(rpc -> height(rpc, block));
    RawHeader tip = chain.tip();
    if (height > tip.ref().height() || !chain.hashAt(height).equals(block)) {
      return new Place.Waiting(); // its block was just replaced, or is not yet agreed
    }
    return new Place.InBlock(chain.at(height), tip.ref().height() - height + 1);
  }

  private static long height(BitcoinRpc rpc, Hash32 block) {
    return BitcoinRpc.integer(
        Async.await(rpc.call("getblockheader", block.toReversedHex(), true))
            .orThrow("getblockheader"),
        "height");
  }

  private record Sighting(boolean known, Optional<Hash32> block) {}

  private static Sighting sight(BitcoinRpc rpc, Hash32 id) {
    RpcReply reply = Async.await(rpc.call("getrawtransaction", id.toReversedHex(), true));
    if (reply instanceof RpcReply.Failure(int code, String message) && code == RpcReply.NOT_FOUND) {
      return new Sighting(false, Optional.empty());
    }
    JsonNode block = reply.orThrow("getrawtransaction").get("blockhash");
    return new Sighting(
        true,
        block == null ? Optional.empty() : Optional.of(EndpointPool.hash(BitcoinRpc.text(block))));
  }

  /**
   * The transaction as each node has it, without repetitions: the id is checked, but a node may
   * give it a witness of its own invention. Empty if no node has it.
   */
  List<BitcoinTransaction> variants(Hash32 id) {
    List<BitcoinTransaction> distinct = new ArrayList<>();
    for (EndpointPool.Answer<Optional<BitcoinTransaction>> answer :
        pool.all(rpc -> transaction(rpc, id))) {
      answer
          .value()
          .flatMap(found -> found)
          .filter(found -> !distinct.contains(found))
          .ifPresent(distinct::add);
    }
    return distinct;
  }

  /** An output, as the id of its transaction commits to it; empty if no node has it. */
  Optional<TxOutput> output(OutPoint outPoint) {
    return variants(outPoint.txId()).stream()
        .filter(found -> outPoint.index() < found.outputs().size())
        .findFirst()
        .map(found -> found.outputs().get((int) outPoint.index()));
  }

  private static Optional<BitcoinTransaction> transaction(BitcoinRpc rpc, Hash32 id) {
    String hex =
        BitcoinRpc.text(
            Async.await(rpc.call("getrawtransaction", id.toReversedHex()))
                .orThrow("getrawtransaction"));
    return WireTransactions.read(ChainReader.hex(hex), id);
  }

  /**
   * What a waiting transaction pays; empty if no node has it waiting. The largest answer counts.
   */
  OptionalLong waitingFee(Hash32 id) {
    return pool.all(rpc -> fee(rpc, id)).stream()
        .map(EndpointPool.Answer::value)
        .flatMap(Optional::stream)
        .mapToLong(Long::longValue)
        .max();
  }

  private static long fee(BitcoinRpc rpc, Hash32 id) {
    JsonNode entry =
        Async.await(rpc.call("getmempoolentry", id.toReversedHex())).orThrow("getmempoolentry");
    return BitcoinRpc.satoshi(entry.path("fees").path("base"));
  }
}
