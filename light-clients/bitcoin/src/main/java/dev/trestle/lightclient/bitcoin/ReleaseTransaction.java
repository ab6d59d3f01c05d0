package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.CustodyRules.Coin;
import dev.trestle.lightclient.CustodyRules.Committee;
import dev.trestle.lightclient.CustodyRules.DepositLock;
import dev.trestle.lightclient.CustodyRules.Payout;
import dev.trestle.lightclient.CustodyRules.ReleasePlan;
import dev.trestle.lightclient.bitcoin.script.SigHash;
import dev.trestle.lightclient.bitcoin.script.TapTree;
import dev.trestle.lightclient.bitcoin.script.TaprootOutput;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.OutPoint;
import dev.trestle.lightclient.bitcoin.tx.TxInput;
import dev.trestle.lightclient.bitcoin.tx.TxOutput;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The one transaction that pays out a release from given coins: nothing in it is left to whoever
 * builds it.
 */
final class ReleaseTransaction {
  /** Signals replaceability (BIP-125); no relative lock (BIP-68). */
  static final long SEQUENCE = 0xffff_fffdL;

  private static final int VERSION = 2;
  private static final Bytes SIGNATURE_SPACE = Bytes.wrap(new byte[64]);

  // Lock times of this range are Unix times before any chain of this family began (2009): always
  // reached. They carry bits of the release's id, so that no two releases give the same
  // transaction.
  private static final long LOCK_TIME_BASE = 500_000_000L;
  private static final long LOCK_TIME_SPAN = 700_000_000L;

  private final BitcoinTransaction unsigned;
  private final List<Coin> inputs;

  private ReleaseTransaction(BitcoinTransaction unsigned, List<Coin> inputs) {
    this.unsigned = unsigned;
    this.inputs = List.copyOf(inputs);
  }

  /**
   * @param coins in input order; their sum covers the payout
   * @param fee less than the payout
   */
  static ReleaseTransaction of(Committee committee, List<Coin> coins, Payout payout, long fee) {
    List<TxInput> inputs =
        coins.stream().map(coin -> TxInput.unsigned(outPoint(coin), SEQUENCE)).toList();
    long change = total(coins) - payout.amount().toLong();
    List<TxOutput> outputs = new ArrayList<>();
    outputs.add(new TxOutput(payout.amount().toLong() - fee, payout.script()));
    if (change > 0) {
      outputs.add(new TxOutput(change, CustodyScripts.resting(committee, "x").script()));
    }
    return new ReleaseTransaction(
        new BitcoinTransaction(VERSION, inputs, outputs, lockTime(payout.id())), coins);
  }

  /** The transaction of a plan, if the plan is what we would have made from its coins. */
  static Optional<ReleaseTransaction> of(Committee committee, ReleasePlan plan) {
    List<OutPoint> outPoints = plan.inputs().stream().map(ReleaseTransaction::outPoint).toList();
    boolean coinsAreOwn =
        !plan.inputs().isEmpty()
            && plan.inputs().size() <= TaprootCustody.MAX_INPUTS
            && plan.inputs().stream().allMatch(coin -> isSound(committee, coin))
            && outPoints.equals(outPoints.stream().sorted().distinct().toList());
    if (!coinsAreOwn || !amountsAreSound(plan)) {
      return Optional.empty();
    }
    ReleaseTransaction ours = of(committee, plan.inputs(), plan.payout(), plan.fee().toLong());
    boolean same = ours.unsigned.serialize().equals(plan.unsigned());
    long most = ours.virtualSize(committee) * TaprootCustody.MAX_FEE_RATE;
    return same && plan.fee().toLong() <= most ? Optional.of(ours) : Optional.empty();
  }

  private static boolean amountsAreSound(ReleasePlan plan) {
    Amount payout = plan.payout().amount();
    return isMoney(payout)
        && plan.fee().isLessThan(payout)
        && !Amount.of(total(plan.inputs())).isLessThan(payout);
  }

  /** Whether the committee can spend the coin, and its amount is one that can be. */
  static boolean isSound(Committee committee, Coin coin) {
    return isMoney(coin.amount())
        && coin.outputIndex() >= 0
        && coin.outputIndex() <= 0xffff_ffffL
        && CustodyScripts.isOwn(committee, coin.lock());
  }

  static boolean isMoney(Amount amount) {
    return !amount.isZero() && !amount.isMoreThan(Amount.of(TxOutput.MAX_MONEY));
  }

  /** Sum in smallest units; the amounts are money and few enough not to overflow. */
  static long total(List<Coin> coins) {
    return coins.stream().mapToLong(coin -> coin.amount().toLong()).reduce(0, Math::addExact);
  }

  static OutPoint outPoint(Coin coin) {
    return new OutPoint(coin.txId(), coin.outputIndex());
  }

  private static long lockTime(Hash32 id) {
    long bits = 0;
    for (int i = 0; i < 4; i++) {
      bits = bits << 8 | id.bytes().at(i);
    }
    return LOCK_TIME_BASE + bits % LOCK_TIME_SPAN;
  }

  Bytes unsigned() {
    return unsigned.serialize();
  }

  BitcoinTransaction transaction() {
    return unsigned;
  }

  /**
   * Weight of the signed transaction: signatures have one size and are as many as the threshold.
   */
  long weight(Committee committee) {
    List<Bytes> row = Collections.nCopies(committee.threshold(), SIGNATURE_SPACE);
    List<Bytes> stack = new ArrayList<>(row);
    stack.addAll(Collections.nCopies(committee.members().size() - row.size(), Bytes.EMPTY));
    return withStacks(Collections.nCopies(inputs.size(), stack)).weight();
  }

  long virtualSize(Committee committee) {
    return (weight(committee) + 3) / 4;
  }

  /** BIP-342 digests, one an input, hash type DEFAULT. */
  List<Hash32> digests() {
    List<TxOutput> spent =
        inputs.stream()
            .map(coin -> new TxOutput(coin.amount().toLong(), coin.lock().script()))
            .toList();
    List<Hash32> digests = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      TapTree.Leaf leaf = TapTree.Leaf.of(inputs.get(i).lock().spendingScript());
      digests.add(SigHash.taprootScriptPath(unsigned, i, spent, SigHash.Taproot.DEFAULT, leaf));
    }
    return digests;
  }

  /**
   * @param stacks one an input: an item for each member, from the bottom of the stack up
   */
  BitcoinTransaction withStacks(List<List<Bytes>> stacks) {
    List<TxInput> signed = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      DepositLock lock = inputs.get(i).lock();
      signed.add(
          unsigned
              .inputs()
              .get(i)
              .withWitness(
                  TaprootOutput.scriptPathWitness(
                      stacks.get(i), lock.spendingScript(), lock.controlBlock())));
    }
    return unsigned.withInputs(signed);
  }
}
