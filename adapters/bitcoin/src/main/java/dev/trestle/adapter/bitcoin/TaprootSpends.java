package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.bitcoin.HtlcSpends.Spending;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.lightclient.bitcoin.script.TapTree;
import dev.trestle.lightclient.bitcoin.script.TaprootDigest;
import dev.trestle.lightclient.bitcoin.script.TaprootOutput;
import dev.trestle.lightclient.bitcoin.script.TaprootWitness;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.OutPoint;
import dev.trestle.lightclient.bitcoin.tx.TxInput;
import dev.trestle.lightclient.bitcoin.tx.TxOutput;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a transaction that spends a Taproot lock shows. As in {@link HtlcSpends}, only what proves
 * itself is believed: a preimage by its hash, wherever it stands; the rest by signatures, an annex
 * and every hash type of BIP-341 included.
 */
final class TaprootSpends {
  /** Most inputs of a transaction of which signatures are checked: what a relayed one can hold. */
  static final int MAX_INPUTS = 3_000;

  private static final int ANYONE_CAN_PAY = 0x80;
  private static final long FINAL_SEQUENCE = 0xffff_ffffL;

  private TaprootSpends() {}

  /**
   * @param lock the output that {@code transaction} spends
   * @param value its amount, satoshi
   * @param outputs other outputs that it spends, which a signature may commit to; asked only where
   *     one has to be checked
   */
  static Spending classify(
      TaprootLock contract,
      OutPoint lock,
      long value,
      BitcoinTransaction transaction,
      Function<OutPoint, Optional<TxOutput>> outputs) {
    Optional<Hash32> preimage = HtlcSpends.preimageIn(transaction, contract.hash());
    if (preimage.isPresent()) {
      return new Spending.WithPreimage(preimage.get());
    }
    for (int i = 0; i < transaction.inputs().size(); i++) {
      TxInput input = transaction.inputs().get(i);
      if (input.outPoint().equals(lock)) {
        TxOutput own = new TxOutput(value, contract.outputScript());
        return TaprootWitness.read(input.witness())
            .map(witness -> ofWitness(contract, own, transaction, witness, lock, outputs))
            .orElseGet(Spending.Unknown::new);
      }
    }
    return new Spending.Unknown();
  }

  private static Spending ofWitness(
      TaprootLock contract,
      TxOutput own,
      BitcoinTransaction transaction,
      TaprootWitness witness,
      OutPoint lock,
      Function<OutPoint, Optional<TxOutput>> outputs) {
    Check check = new Check(transaction, lock, own, witness.annex(), outputs);
    return switch (witness) {
      case TaprootWitness.KeyPath(Bytes signature, var annex) ->
          check.isSigned(signature, contract.output().outputKey(), Optional.empty())
              ? new Spending.ByBoth()
              : new Spending.Unknown();
      case TaprootWitness.ScriptPath(List<Bytes> stack, Bytes script, Bytes control, var annex) ->
          isRefund(contract, transaction, check, stack, script, control)
              ? new Spending.ByRefund()
              : new Spending.Unknown();
    };
  }

  private static boolean isRefund(
      TaprootLock contract,
      BitcoinTransaction transaction,
      Check check,
      List<Bytes> stack,
      Bytes script,
      Bytes control) {
    TapTree.Leaf leaf = contract.refundLeaf();
    return stack.size() == 1
        && script.equals(leaf.script())
        && TaprootOutput.commits(contract.outputScript(), script, control)
        && transaction.lockTime() >= contract.expirySeconds()
        && check.input().sequence() != FINAL_SEQUENCE
        && check.isSigned(
            stack.getFirst(),
            contract.refunder().xOnly(),
            Optional.of(TaprootDigest.Leaf.of(leaf.hash())));
  }

  /** One input whose signature is in question. */
  private record Check(
      BitcoinTransaction transaction,
      OutPoint lock,
      TxOutput own,
      Optional<Bytes> annex,
      Function<OutPoint, Optional<TxOutput>> outputs) {
    int index() {
      for (int i = 0; i < transaction.inputs().size(); i++) {
        if (transaction.inputs().get(i).outPoint().equals(lock)) {
          return i;
        }
      }
      throw new IllegalStateException("the transaction does not spend the lock");
    }

    TxInput input() {
      return transaction.inputs().get(index());
    }

    boolean isSigned(Bytes signature, Hash32 key, Optional<TaprootDigest.Leaf> leaf) {
      boolean alone =
          signature.size() == SchnorrSignature.SIZE + 1
              && (signature.at(SchnorrSignature.SIZE) & ANYONE_CAN_PAY) != 0;
      return spent(alone)
          .filter(
              all ->
                  TaprootWitness.isSigned(transaction, index(), all, key, signature, annex, leaf))
          .isPresent();
    }

    /** Empty where one of them is not to be had. */
    private Optional<List<TxOutput>> spent(boolean onlyOwn) {
      if (transaction.inputs().size() > MAX_INPUTS) {
        return Optional.empty();
      }
      List<TxOutput> all = new ArrayList<>();
      for (TxInput input : transaction.inputs()) {
        Optional<TxOutput> output =
            input.outPoint().equals(lock)
                ? Optional.of(own)
                : onlyOwn
                    ? Optional.of(new TxOutput(0, Bytes.EMPTY))
                    : outputs.apply(input.outPoint());
        if (output.isEmpty()) {
          return Optional.empty();
        }
        all.add(output.get());
      }
      return Optional.of(all);
    }
  }
}
