package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.OutPoint;
import dev.trestle.lightclient.bitcoin.tx.TxInput;
import dev.trestle.lightclient.bitcoin.tx.TxOutput;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Claims and refunds of hash-time-locks, to the single-key address of who signs. Pure. */
final class HtlcSigner {
  /** Script selector of the claim; anything but exactly this is not relayed (MINIMALIF). */
  private static final Bytes CLAIM_BRANCH = Bytes.fromHex("01");

  private static final Bytes REFUND_BRANCH = Bytes.EMPTY;
  private static final int PUBLIC_KEY = 33;

  private final UtxoNetwork network;

  HtlcSigner(UtxoNetwork network) {
    this.network = network;
  }

  /**
   * @param value satoshi; committed to by the signature, so a wrong one only spoils it
   */
  record Lock(OutPoint outPoint, long value) {}

  /**
   * @param rate satoshi per 1,000 virtual bytes
   * @param replaced fee of the waiting transaction to replace; 0 if there is none
   * @param cap largest rate
   */
  record Fees(long rate, long replaced, long cap) {}

  SignedTransaction claim(
      HtlcScript script, Lock lock, Hash32 preimage, SecretKey claimer, Fees fees) {
    return spend(script, lock, 0, List.of(preimage.bytes(), CLAIM_BRANCH), claimer, fees);
  }

  SignedTransaction refund(HtlcScript script, Lock lock, SecretKey refunder, Fees fees) {
    return spend(script, lock, script.expirySeconds(), List.of(REFUND_BRANCH), refunder, fees);
  }

  private SignedTransaction spend(
      HtlcScript script, Lock lock, long lockTime, List<Bytes> selector, SecretKey key, Fees fees) {
    Draft draft =
        draft(lock, TransactionSigner.SEQUENCE, lockTime, witness(script, selector), key, fees);
    BitcoinTransaction unsigned = draft.unsigned();
    List<Bytes> witness = new ArrayList<>();
    witness.add(TransactionSigner.sign(unsigned, 0, script.script(), lock.value(), key));
    witness.add(key.publicKey().compressed());
    witness.addAll(selector);
    witness.add(script.script());
    return draft.signed(witness);
  }

  /** A transaction of one input and one output, unsigned. */
  record Draft(BitcoinTransaction unsigned, long fee) {
    SignedTransaction signed(List<Bytes> witness) {
      TxInput input = unsigned.inputs().getFirst().withWitness(witness);
      return TransactionSigner.finish(unsigned.withInputs(List.of(input)), fee);
    }
  }

  /**
   * Pays a lock to the single-key address of {@code payee}.
   *
   * @param witness weight of the witness that the input will have
   * @throws AdapterException FEE_CAP_EXCEEDED where the fee leaves less than what nodes relay, or
   *     replacing a waiting transaction costs too much
   */
  Draft draft(Lock lock, long sequence, long lockTime, long witness, SecretKey payee, Fees fees) {
    Bytes payout = Addresses.scriptOf(payee.publicKey());
    long weight =
        CoinSelection.OVERHEAD_WEIGHT
            + CoinSelection.INPUT_WEIGHT
            + witness
            + CoinSelection.outputWeight(payout);
    long fee = fee(weight, fees);
    long amount = lock.value() - fee;
    if (amount < CoinSelection.dust(payout, network.family().dustRelayFee())) {
      throw new AdapterException(
          AdapterError.FEE_CAP_EXCEEDED,
          "a fee of " + fee + " leaves too little of " + lock.value() + " satoshi");
    }
    BitcoinTransaction unsigned =
        new BitcoinTransaction(
            TransactionSigner.VERSION,
            List.of(TxInput.unsigned(lock.outPoint(), sequence)),
            List.of(new TxOutput(amount, payout)),
            lockTime);
    return new Draft(unsigned, fee);
  }

  private static long fee(long weight, Fees fees) {
    OptionalLong replaced =
        fees.replaced() == 0 ? OptionalLong.empty() : OptionalLong.of(fees.replaced());
    long rate = FeePolicy.replacing(fees.rate(), replaced, weight);
    if (rate > fees.cap()) {
      throw new AdapterException(
          AdapterError.FEE_CAP_EXCEEDED, "replacing the waiting transaction costs over fee.max");
    }
    return FeePolicy.fee(weight, rate);
  }

  private static long witness(HtlcScript script, List<Bytes> selector) {
    long witness = 1 + (1 + CoinSelection.MAX_SIGNATURE) + (1 + PUBLIC_KEY);
    for (Bytes item : selector) {
      witness += 1 + item.size();
    }
    return witness + 1 + script.script().size();
  }
}
