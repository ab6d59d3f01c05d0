package dev.trestle.adapter.sim;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.TransactionPort;
import dev.trestle.adapter.sim.SimFaults.Call;
import dev.trestle.adapter.sim.SimTransaction.Operation;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.SecretKey;
import io.vertx.core.Future;

/** Payments of a simulated chain's coin. An address is {@code sim} and the identity in hex. */
final class SimTransactions implements TransactionPort {
  private static final String PREFIX = "sim";

  private final SimAdapter adapter;
  private final SimChain chain;

  SimTransactions(SimAdapter adapter) {
    this.adapter = adapter;
    this.chain = adapter.chain();
  }

  @Override
  public Future<Hash32> broadcast(Bytes signedTransaction) {
    return adapter.call(
        Call.BROADCAST,
        () -> {
          try {
            return chain.broadcast(signedTransaction);
          } catch (DecodeException e) {
            throw new AdapterException(AdapterError.REJECTED_BY_CHAIN, "not a transaction", e);
          }
        });
  }

  @Override
  public Future<TransactionStatus> status(Hash32 transactionId) {
    return adapter.call(
        Call.STATUS,
        () ->
            chain
                .find(transactionId)
                .<TransactionStatus>map(
                    at -> {
                      long confirmations = chain.confirmations(at.height());
                      return new TransactionStatus.Included(
                          at.height(),
                          at.blockId(),
                          confirmations,
                          confirmations >= chain.finalDepth(),
                          at.success());
                    })
                .orElseGet(
                    () ->
                        chain.isPending(transactionId)
                            ? new TransactionStatus.Pending()
                            : new TransactionStatus.Unknown()));
  }

  @Override
  public Future<Amount> balance(String address) {
    return adapter.call(Call.BALANCE, () -> chain.balance(ownerOf(address)));
  }

  @Override
  public String address(SecretKey key) {
    return PREFIX
        + (chain.flavor() == SimChain.Flavor.UTXO
            ? key.publicKey().compressed().toHex()
            : key.publicKey().evmAddress().bytes().toHex());
  }

  @Override
  public Future<SignedTransaction> preparePayment(SecretKey from, String toAddress, Amount amount) {
    return adapter.call(
        Call.PREPARE_PAYMENT,
        () -> {
          if (amount.isZero()) {
            throw new AdapterException(AdapterError.INVALID_AMOUNT, "nothing to pay");
          }
          Bytes to = ownerOf(toAddress);
          return adapter.wallet().pay(from, to, amount, new Operation.Transfer(to, amount));
        });
  }

  private Bytes ownerOf(String address) {
    int size = chain.flavor() == SimChain.Flavor.UTXO ? 33 : 20;
    if (!address.matches(PREFIX + "[0-9a-f]{" + 2 * size + "}")) {
      throw new AdapterException(AdapterError.INVALID_ADDRESS, "not an address here: " + address);
    }
    return Bytes.fromHex(address.substring(PREFIX.length()));
  }
}
