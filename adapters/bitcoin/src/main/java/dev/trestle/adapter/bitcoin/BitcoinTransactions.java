package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.TransactionPort;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import io.vertx.core.Future;

/** Payments from single-key P2WPKH coins, and sending. */
final class BitcoinTransactions implements TransactionPort {
  private final UtxoNetwork network;
  private final Broadcaster broadcaster;
  private final TransactionLookup lookup;
  private final Addresses addresses;
  private final CoinStore coins;
  private final FeePolicy fees;
  private final int confirmations;

  BitcoinTransactions(
      UtxoNetwork network,
      Broadcaster broadcaster,
      TransactionLookup lookup,
      Addresses addresses,
      CoinStore coins,
      FeePolicy fees,
      int confirmations) {
    this.network = network;
    this.broadcaster = broadcaster;
    this.lookup = lookup;
    this.addresses = addresses;
    this.coins = coins;
    this.fees = fees;
    this.confirmations = confirmations;
  }

  @Override
  public Future<Hash32> broadcast(Bytes signedTransaction) {
    if (!(BitcoinTransaction.parse(signedTransaction)
        instanceof Verdict.Accepted<BitcoinTransaction>(BitcoinTransaction transaction))) {
      return Future.failedFuture(
          new AdapterException(AdapterError.REJECTED_BY_CHAIN, "not a transaction"));
    }
    return Async.supply(() -> broadcaster.send(transaction));
  }

  @Override
  public Future<TransactionStatus> status(Hash32 transactionId) {
    return Async.supply(
        () ->
            switch (lookup.find(transactionId)) {
              case TransactionLookup.Place.Nowhere() -> new TransactionStatus.Unknown();
              case TransactionLookup.Place.Waiting() -> new TransactionStatus.Pending();
              case TransactionLookup.Place.InBlock(var block, long count) ->
                  new TransactionStatus.Included(
                      block.ref().height(), block.ref().id(), count, count >= confirmations, true);
            });
  }

  /** Confirmed and mature coins, and waiting change of own transactions. */
  @Override
  public Future<Amount> balance(String address) {
    return Async.supply(
        () -> {
          long sum = 0;
          for (CoinSelection.Coin coin : coins.spendable(addresses.scriptOf(address))) {
            sum = Math.addExact(sum, coin.value());
          }
          return Amount.of(sum);
        });
  }

  @Override
  public String address(SecretKey key) {
    return addresses.of(key.publicKey());
  }

  @Override
  public Future<SignedTransaction> preparePayment(SecretKey from, String toAddress, Amount amount) {
    return Async.supply(() -> pay(from, addresses.scriptOf(toAddress), amount));
  }

  /** Signs a payment to {@code script} without sending it. Blocks. */
  SignedTransaction pay(SecretKey from, Bytes script, Amount amount) {
    long satoshi = checked(script, amount);
    Bytes own = Addresses.scriptOf(from.publicKey());
    CoinSelection.Need need = new CoinSelection.Need(script, satoshi, fees.rate(), own, dust(own));
    CoinSelection.Choice choice =
        coins
            .take(own, need)
            .orElseThrow(
                () ->
                    new AdapterException(
                        AdapterError.INSUFFICIENT_FUNDS,
                        "the free coins of "
                            + address(from)
                            + " do not cover "
                            + satoshi
                            + " satoshi and the fee"));
    return TransactionSigner.pay(choice, need, from);
  }

  private long checked(Bytes script, Amount amount) {
    long dust = dust(script);
    if (amount.isLessThan(Amount.of(dust))
        || amount.isMoreThan(Amount.of(network.family().maxMoney()))) {
      throw new AdapterException(
          AdapterError.INVALID_AMOUNT, amount + " satoshi; the least is " + dust);
    }
    return amount.toLong();
  }

  private long dust(Bytes script) {
    return CoinSelection.dust(script, network.family().dustRelayFee());
  }

  int confirmations() {
    return confirmations;
  }
}
