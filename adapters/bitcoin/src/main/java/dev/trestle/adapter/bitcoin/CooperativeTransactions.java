package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.CooperativeHtlcPort;
import dev.trestle.adapter.CooperativeHtlcPort.CooperativeSpend;
import dev.trestle.adapter.CooperativeHtlcPort.LockedOutput;
import dev.trestle.adapter.CooperativeHtlcPort.Rung;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.lightclient.bitcoin.script.OutputScript;
import dev.trestle.lightclient.bitcoin.script.SigHash;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.OutPoint;
import dev.trestle.lightclient.bitcoin.tx.TxInput;
import dev.trestle.lightclient.bitcoin.tx.TxOutput;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Transactions that spend Taproot locks by their key: built alike by everybody who signs, checked,
 * and put together. Pure.
 */
final class CooperativeTransactions {
  private final UtxoNetwork network;
  private final Addresses addresses;
  private final long cap;

  /**
   * @param cap largest rate, satoshi per 1,000 virtual bytes
   */
  CooperativeTransactions(UtxoNetwork network, Addresses addresses, long cap) {
    this.network = network;
    this.addresses = addresses;
    this.cap = cap;
  }

  /** One transaction with the outputs that it spends. */
  record Built(BitcoinTransaction unsigned, List<TxOutput> spent, long fee) {
    /** What the key of {@code input} signs. */
    Hash32 digest(int input) {
      return SigHash.taprootKeyPath(unsigned, input, spent, SigHash.Taproot.DEFAULT);
    }

    Rung rung() {
      return new Rung(
          unsigned.txId(),
          unsigned.serialize(),
          Amount.of(fee),
          Amount.of(unsigned.outputs().getFirst().value()));
    }
  }

  /** Weight of a transaction that spends {@code inputs} locks by key. */
  static long weight(int inputs, Bytes payout) {
    return CoinSelection.OVERHEAD_WEIGHT
        + inputs * (CoinSelection.INPUT_WEIGHT + TaprootSigner.KEY_WITNESS)
        + CoinSelection.outputWeight(payout);
  }

  /** The transactions of a spend, one for each rate. */
  Verdict<List<Built>> build(CooperativeSpend spend) {
    return payout(spend).then(payout -> inputs(spend).then(spent -> build(spend, payout, spent)));
  }

  private Verdict<Bytes> payout(CooperativeSpend spend) {
    try {
      return Verdict.accept(addresses.scriptOf(spend.payTo()));
    } catch (AdapterException e) {
      return Verdict.reject(e.error(), String.valueOf(e.getMessage()));
    }
  }

  private Verdict<List<TxOutput>> inputs(CooperativeSpend spend) {
    int count = spend.outputs().size();
    if (count == 0 || count > CooperativeHtlcPort.MAX_INPUTS) {
      return Verdict.reject(AdapterError.NOT_SUPPORTED, count + " inputs");
    }
    List<TxOutput> spent = new ArrayList<>();
    Set<OutPoint> seen = new HashSet<>();
    Amount sum = Amount.of(0);
    for (LockedOutput output : spend.outputs()) {
      sum = sum.plus(output.amount());
      if (sum.isMoreThan(Amount.of(network.family().maxMoney()))) {
        return Verdict.reject(AdapterError.INVALID_AMOUNT, "more than all coins that there are");
      }
      boolean taproot =
          OutputScript.classify(output.outputScript()).equals(Optional.of(OutputScript.Type.P2TR));
      if (!taproot || output.outputIndex() < 0 || output.outputIndex() >= OutPoint.NO_INDEX) {
        return Verdict.reject(AdapterError.NOT_SUPPORTED, "not an output of a Taproot lock");
      }
      if (!seen.add(new OutPoint(output.transactionId(), output.outputIndex()))) {
        return Verdict.reject(AdapterError.NOT_SUPPORTED, "an output twice");
      }
      spent.add(new TxOutput(output.amount().toLong(), output.outputScript()));
    }
    return Verdict.accept(List.copyOf(spent));
  }

  private Verdict<List<Built>> build(CooperativeSpend spend, Bytes payout, List<TxOutput> spent) {
    if (spend.rates().isEmpty() || spend.rates().size() > CooperativeHtlcPort.MAX_RUNGS) {
      return Verdict.reject(AdapterError.NOT_SUPPORTED, spend.rates().size() + " rates");
    }
    long value = spent.stream().mapToLong(TxOutput::value).sum();
    long weight = weight(spent.size(), payout);
    long least = FeePolicy.fee(weight, FeePolicy.MIN_RATE);
    List<TxInput> inputs =
        spend.outputs().stream()
            .map(
                output ->
                    TxInput.unsigned(
                        new OutPoint(output.transactionId(), output.outputIndex()),
                        TransactionSigner.SEQUENCE))
            .toList();
    List<Built> rungs = new ArrayList<>();
    for (long rate : spend.rates()) {
      if (rate < FeePolicy.MIN_RATE || rate > cap) {
        return Verdict.reject(
            AdapterError.FEE_CAP_EXCEEDED, "a rate of " + rate + ", the cap is " + cap);
      }
      long fee = FeePolicy.fee(weight, rate);
      if (fee < least) {
        return Verdict.reject(
            AdapterError.NOT_SUPPORTED, "a rate too low to replace the one before: " + rate);
      }
      long amount = value - fee;
      if (amount < CoinSelection.dust(payout, network.family().dustRelayFee())) {
        return Verdict.reject(
            AdapterError.INVALID_AMOUNT, "a fee of " + fee + " leaves too little of " + value);
      }
      rungs.add(
          new Built(
              new BitcoinTransaction(
                  TransactionSigner.VERSION, inputs, List.of(new TxOutput(amount, payout)), 0),
              spent,
              fee));
      least = fee + FeePolicy.fee(weight, FeePolicy.INCREMENTAL_RATE); // BIP-125, rules 3 and 4
    }
    return Verdict.accept(List.copyOf(rungs));
  }

  /** The signed transactions; every signature is checked under its output's key. */
  Verdict<List<SignedTransaction>> assemble(
      CooperativeSpend spend, List<List<SchnorrSignature>> signatures) {
    return build(spend).then(rungs -> assemble(rungs, signatures));
  }

  private static Verdict<List<SignedTransaction>> assemble(
      List<Built> rungs, List<List<SchnorrSignature>> signatures) {
    int inputs = rungs.getFirst().spent().size();
    if (signatures.size() != inputs
        || signatures.stream().anyMatch(each -> each.size() != rungs.size())) {
      return Verdict.reject(
          AdapterError.REJECTED_BY_CHAIN, "not one signature for each input and rate");
    }
    List<SignedTransaction> signed = new ArrayList<>();
    for (int rung = 0; rung < rungs.size(); rung++) {
      Built built = rungs.get(rung);
      List<TxInput> witnessed = new ArrayList<>();
      for (int input = 0; input < inputs; input++) {
        SchnorrSignature signature = signatures.get(input).get(rung);
        Hash32 key = new Hash32(built.spent().get(input).script().slice(2, 34));
        if (!Secp256k1.instance().verifySchnorr(signature, built.digest(input), key)) {
          return Verdict.reject(
              AdapterError.REJECTED_BY_CHAIN,
              "the signature of input " + input + " at rate " + rung + " is wrong");
        }
        witnessed.add(built.unsigned().inputs().get(input).withWitness(List.of(signature.bytes())));
      }
      signed.add(TransactionSigner.finish(built.unsigned().withInputs(witnessed), built.fee()));
    }
    return Verdict.accept(List.copyOf(signed));
  }
}
