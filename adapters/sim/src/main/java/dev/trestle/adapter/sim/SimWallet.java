package dev.trestle.adapter.sim;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.adapter.sim.SimTransaction.Body;
import dev.trestle.adapter.sim.SimTransaction.Operation;
import dev.trestle.adapter.sim.SimTransaction.Outpoint;
import dev.trestle.adapter.sim.SimTransaction.Output;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SecretKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Chooses coins and nonces. Coins that it gave out it does not give out again while it lives; a
 * nonce is free until a transaction with it is sent.
 */
final class SimWallet {
  private final SimChain chain;
  private final Set<Outpoint> reserved = new HashSet<>();

  SimWallet(SimChain chain) {
    this.chain = chain;
  }

  /** Pays {@code script}, or does {@code operation} where there are no scripts. */
  SignedTransaction pay(SecretKey from, Bytes script, Amount amount, Operation operation) {
    return chain.flavor() == SimChain.Flavor.UTXO
        ? payFromOutputs(from, script, amount)
        : call(from, operation);
  }

  synchronized SignedTransaction call(SecretKey from, Operation operation) {
    PublicKey signer = from.publicKey();
    Bytes address = chain.read(ledger -> ((AccountLedger) ledger).addressOf(signer));
    long nonce = chain.read(ledger -> ((AccountLedger) ledger).nonceOf(address));
    Set<Long> waiting = new HashSet<>();
    for (SimTransaction tx : chain.mempool()) {
      if (tx.body().signer().equals(signer)) {
        waiting.add(tx.body().nonce());
      }
    }
    while (waiting.contains(nonce)) {
      nonce++; // the first that nothing waits with: a gap would keep all behind it waiting for ever
    }
    Amount fee = chain.fee();
    SimTransaction tx =
        new Body(signer, nonce, List.of(), List.of(), operation, fee, 0)
            .sign(chain.signatures(), from, List.of());
    if (chain.balance(address).isLessThan(fee)) {
      throw new AdapterException(AdapterError.INSUFFICIENT_FUNDS, "the fee is " + fee);
    }
    return new SignedTransaction(tx.id(), tx.toBytes(), fee);
  }

  private synchronized SignedTransaction payFromOutputs(
      SecretKey from, Bytes script, Amount amount) {
    Bytes own = from.publicKey().compressed();
    Amount fee = chain.fee();
    Amount wanted = amount.plus(fee);
    Set<Outpoint> used = new HashSet<>(reserved);
    chain.mempool().forEach(tx -> used.addAll(tx.body().inputs()));
    List<Outpoint> inputs = new ArrayList<>();
    Amount total = Amount.ZERO;
    Map<Outpoint, Output> mine = chain.read(ledger -> ((UtxoLedger) ledger).unspentOf(own));
    List<Map.Entry<Outpoint, Output>> coins = new ArrayList<>(mine.entrySet());
    // Another start at each height: as with real wallets, signing again means other coins.
    Collections.rotate(coins, (int) (chain.head() % Math.max(1, coins.size())));
    for (Map.Entry<Outpoint, Output> coin : coins) {
      if (total.isLessThan(wanted) && !used.contains(coin.getKey())) {
        inputs.add(coin.getKey());
        total = total.plus(coin.getValue().amount());
      }
    }
    if (total.isLessThan(wanted)) {
      throw new AdapterException(AdapterError.INSUFFICIENT_FUNDS, total + " of " + wanted);
    }
    reserved.addAll(inputs);
    List<Output> outputs = new ArrayList<>(List.of(new Output(script, amount)));
    if (total.isMoreThan(wanted)) {
      outputs.add(new Output(own, total.minus(wanted)));
    }
    SimTransaction tx =
        new Body(from.publicKey(), 0, inputs, outputs, new Operation.None(), fee, 0)
            .sign(chain.signatures(), from, List.of());
    return new SignedTransaction(tx.id(), tx.toBytes(), fee);
  }
}
