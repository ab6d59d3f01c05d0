package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.OutPoint;
import dev.trestle.lightclient.bitcoin.tx.TxInput;
import dev.trestle.lightclient.bitcoin.tx.TxOutput;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/**
 * Hands transactions to all nodes. One acceptance is enough unless most refuse. A refusal is
 * classified by facts: is the transaction known after all, is it early, are its inputs there, does
 * it pay enough. The texts of nodes are only passed on. Methods block.
 */
final class Broadcaster {
  /** Lock times from here on are Unix seconds, below block heights. */
  static final long LOCK_TIME_THRESHOLD = 500_000_000L;

  private static final long FINAL_SEQUENCE = 0xffff_ffffL;

  private final EndpointPool pool;
  private final ChainReader chain;
  private final TransactionLookup lookup;

  Broadcaster(EndpointPool pool, ChainReader chain, TransactionLookup lookup) {
    this.pool = pool;
    this.chain = chain;
    this.lookup = lookup;
  }

  /**
   * The id, once a node has the transaction.
   *
   * @throws AdapterException NOT_YET_VALID before its lock time (it is not sent then),
   *     REJECTED_BY_CHAIN when it can never be mined as it stands, NODE_ERROR when it may later
   */
  Hash32 send(BitcoinTransaction transaction) {
    Hash32 id = transaction.txId();
    if (!isFinal(transaction)) {
      throw new AdapterException(
          AdapterError.NOT_YET_VALID,
          id.toReversedHex() + " is valid after lock time " + transaction.lockTime());
    }
    String hex = transaction.serialize().toHex();
    List<EndpointPool.Answer<RpcReply>> answers =
        pool.all(rpc -> Async.await(rpc.call("sendrawtransaction", hex)));
    EndpointPool.refuseWrongChain(answers);
    boolean accepted = answers.stream().anyMatch(answer -> is(answer, Broadcaster::isSuccess));
    long refused = answers.stream().filter(answer -> is(answer, Broadcaster::isRefusal)).count();
    if (accepted && refused < pool.quorum()) {
      return id;
    }
    // an answer may have been lost, or the chain may have it already; but where most refuse, one
    // node that claims to have it does not count
    TransactionLookup.Place place = lookup.find(id);
    if (place instanceof TransactionLookup.Place.InBlock
        || (place instanceof TransactionLookup.Place.Waiting && refused < pool.quorum())) {
      return id;
    }
    throw refusal(transaction, answers);
  }

  private static boolean is(EndpointPool.Answer<RpcReply> answer, Predicate<RpcReply> kind) {
    return answer.value().filter(kind).isPresent();
  }

  private static boolean isRefusal(RpcReply reply) {
    return reply instanceof RpcReply.Failure(int code, String message)
        && (code == RpcReply.VERIFY_ERROR || code == RpcReply.VERIFY_REJECTED);
  }

  private static boolean isSuccess(RpcReply reply) {
    return switch (reply) {
      case RpcReply.Result(JsonNode value) -> true;
      case RpcReply.Failure(int code, String message) -> code == RpcReply.ALREADY_IN_CHAIN;
    };
  }

  /** Whether the next block may hold it (BIP-113). */
  private boolean isFinal(BitcoinTransaction transaction) {
    long lockTime = transaction.lockTime();
    if (lockTime == 0
        || transaction.inputs().stream().allMatch(input -> input.sequence() == FINAL_SEQUENCE)) {
      return true;
    }
    var tip = chain.tip();
    return lockTime < LOCK_TIME_THRESHOLD
        ? lockTime < tip.ref().height() + 1
        : lockTime < chain.medianTimePast(tip);
  }

  private AdapterException refusal(
      BitcoinTransaction transaction, List<EndpointPool.Answer<RpcReply>> answers) {
    Optional<RpcReply.Failure> failure =
        answers.stream()
            .flatMap(answer -> answer.value().stream())
            .filter(RpcReply.Failure.class::isInstance)
            .map(RpcReply.Failure.class::cast)
            .findFirst();
    if (failure.isEmpty()) {
      return answers.stream()
          .flatMap(answer -> answer.failure().stream())
          .findFirst()
          .orElseThrow();
    }
    String said = failure.get().code() + " " + failure.get().message();
    int code = failure.get().code();
    if (code != RpcReply.VERIFY_ERROR && code != RpcReply.VERIFY_REJECTED) {
      return new AdapterException(AdapterError.NODE_ERROR, "sendrawtransaction: " + said);
    }
    return new AdapterException(classify(transaction), said);
  }

  private AdapterError classify(BitcoinTransaction transaction) {
    long in = 0;
    for (TxInput input : transaction.inputs()) {
      Optional<Long> inBlocks = unspent(input.outPoint(), false);
      if (inBlocks.isEmpty()) {
        // spent for good, unless the parent itself still waits
        return lookup.find(input.outPoint().txId()) instanceof TransactionLookup.Place.InBlock
            ? AdapterError.REJECTED_BY_CHAIN
            : AdapterError.NODE_ERROR;
      }
      if (unspent(input.outPoint(), true).isEmpty()) {
        return AdapterError.NODE_ERROR; // another waiting transaction spends it and pays more
      }
      in = Math.addExact(in, inBlocks.get());
    }
    long out = transaction.outputs().stream().mapToLong(TxOutput::value).sum();
    long least = FeePolicy.fee(transaction.weight(), leastRate());
    return in - out < least ? AdapterError.NODE_ERROR : AdapterError.REJECTED_BY_CHAIN;
  }

  private Optional<Long> unspent(OutPoint outPoint, boolean afterMempool) {
    return pool.agree(
        rpc -> {
          JsonNode output =
              Async.await(
                      rpc.call(
                          "gettxout",
                          outPoint.txId().toReversedHex(),
                          outPoint.index(),
                          afterMempool))
                  .orThrow("gettxout");
          return output.isNull()
              ? Optional.empty()
              : Optional.of(BitcoinRpc.satoshi(output.path("value")));
        });
  }

  private long leastRate() {
    return pool.firstValid(
        rpc ->
            BitcoinRpc.satoshi(
                Async.await(rpc.call("getmempoolinfo"))
                    .orThrow("getmempoolinfo")
                    .path("mempoolminfee")));
  }
}
