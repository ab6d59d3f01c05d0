package dev.trestle.adapter.ethereum;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.adapter.TransactionPort;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.SecretKey;
import io.vertx.core.Future;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Transactions of an EVM chain. */
final class EvmTransactions implements TransactionPort {
  private final ChainReader chain;
  private final TransactionSigner signer;

  EvmTransactions(ChainReader chain, TransactionSigner signer) {
    this.chain = chain;
    this.signer = signer;
  }

  @Override
  public Future<Hash32> broadcast(Bytes signedTransaction) {
    return Async.supply(() -> send(signedTransaction));
  }

  @Override
  public Future<TransactionStatus> status(Hash32 transactionId) {
    return Async.supply(() -> lookUp(transactionId));
  }

  @Override
  public Future<Amount> balance(String address) {
    return Async.supply(() -> new Amount(signer.balance(Addresses.parse(address))));
  }

  @Override
  public String address(SecretKey key) {
    return Addresses.format(TransactionSigner.addressOf(key));
  }

  @Override
  public Future<SignedTransaction> preparePayment(SecretKey from, String toAddress, Amount amount) {
    return Async.supply(
        () -> {
          EvmAddress to = Addresses.parse(toAddress);
          if (amount.isZero()) {
            throw new AdapterException(AdapterError.INVALID_AMOUNT, "a payment of nothing");
          }
          return signer.sign(
              from, TransactionSigner.Call.estimated(to, amount.value(), Bytes.EMPTY));
        });
  }

  /** Hands the bytes to every node; one that takes them is enough. */
  private Hash32 send(Bytes signed) {
    Hash32 id = Digests.keccak256(signed);
    Optional<AdapterException> failure = Optional.empty();
    for (EndpointPool.Answer<Hash32> answer : chain.pool().all(rpc -> send(rpc, signed, id))) {
      switch (answer) {
        case EndpointPool.Answer.Value<Hash32>(Hash32 known) -> {
          return known;
        }
        case EndpointPool.Answer.Failure<Hash32>(AdapterException e) -> {
          // a refusal says more than a node that is away
          if (failure.isEmpty() || e.error() != AdapterError.UNREACHABLE) {
            failure = Optional.of(e);
          }
        }
      }
    }
    throw failure.orElseThrow();
  }

  private static Hash32 send(EvmRpc rpc, Bytes signed, Hash32 id) {
    return switch (rpc.call("eth_sendRawTransaction", Json.data(signed))) {
      case EvmRpc.Reply.Result result -> id;
      case EvmRpc.Reply.Failed failed -> {
        if (rpc.query("eth_getTransactionByHash", Json.data(id)).isPresent()) {
          yield id; // known already, in the pool or mined: its nonce is "too low" for itself
        }
        throw new AdapterException(
            refusal(failed.message().toLowerCase(Locale.ROOT)),
            failed.data().isEmpty()
                ? failed.message()
                : failed.message() + ": " + RevertReason.of(failed.data()));
      }
    };
  }

  /** The wordings of geth, Besu, Nethermind, Erigon, Reth and anvil. */
  private static AdapterError refusal(String message) {
    if (message.contains("insufficient funds") || message.contains("upfront cost")) {
      return AdapterError.INSUFFICIENT_FUNDS;
    }
    boolean forGood =
        message.contains("nonce too low")
            || message.contains("oldnonce")
            || message.contains("intrinsic gas")
            || message.contains("exceeds block gas limit")
            || message.contains("chain id")
            || message.contains("chainid")
            || message.contains("invalid sender")
            || message.contains("signature")
            || message.contains("rlp")
            || message.contains("decode");
    return forGood ? AdapterError.REJECTED_BY_CHAIN : AdapterError.NODE_ERROR;
  }

  /** Where a transaction was included. */
  record Receipt(long height, Hash32 blockId, boolean success, Optional<EvmAddress> created) {}

  /** The receipt, if the transaction is on the best chain. */
  Optional<Receipt> receipt(Hash32 transactionId) {
    return chain
        .pool()
        .agree(
            rpc ->
                rpc.query("eth_getTransactionReceipt", Json.data(transactionId))
                    .map(json -> receipt(json, transactionId)));
  }

  private static Receipt receipt(JsonNode json, Hash32 transactionId) {
    if (!Json.hash(json, "transactionHash").equals(transactionId)) {
      throw Json.malformed("the receipt of another transaction");
    }
    return new Receipt(
        Json.integer64(json, "blockNumber"),
        Json.hash(json, "blockHash"),
        Json.integer64(json, "status") == 1,
        Json.field(json, "contractAddress").map(value -> Json.address(json, "contractAddress")));
  }

  private TransactionStatus lookUp(Hash32 transactionId) {
    Optional<Receipt> found = receipt(transactionId);
    if (found.isPresent()) {
      Receipt receipt = found.get();
      RawHeader tip = chain.tip();
      if (receipt.height() <= tip.ref().height()
          && chain.at(receipt.height()).ref().id().equals(receipt.blockId())) {
        return new TransactionStatus.Included(
            receipt.height(),
            receipt.blockId(),
            tip.ref().height() - receipt.height() + 1,
            receipt.height() <= chain.finalized().ref().height(),
            receipt.success());
      }
      return new TransactionStatus.Pending();
    }
    List<Boolean> known =
        chain
            .pool()
            .values(
                rpc -> rpc.query("eth_getTransactionByHash", Json.data(transactionId)).isPresent());
    return known.contains(true) ? new TransactionStatus.Pending() : new TransactionStatus.Unknown();
  }
}
