package dev.trestle.lightclient;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.SchnorrSignature;
import java.util.List;
import java.util.Optional;

/**
 * How coins are held by a committee on a chain that has no contracts: where a deposit is paid, what
 * a proven transaction deposits, which transaction releases coins, and what members sign. Pure, so
 * that every validator and every member comes to the same bytes.
 */
public interface CustodyRules {
  /** Where the deposit of one transfer must be paid, and the address that a wallet shows for it. */
  Verdict<DepositLock> depositLock(ChainId chain, Committee committee, DepositTerms terms);

  /**
   * The script with which the depositor takes a deposit back alone after its delay, for wallets;
   * empty where such scripts do not exist or the terms are wrong.
   */
  default Optional<Bytes> refundScript(Committee committee, DepositTerms terms) {
    return Optional.empty();
  }

  /** Where coins that the committee moved itself come to rest (sweeps, merges, change). */
  DepositLock restingLock(ChainId chain, Committee committee);

  /**
   * The outputs of a proven transaction that pay exactly {@code lock}.
   *
   * @param transaction the value of a {@link ProvenFact}
   */
  Verdict<List<Coin>> coinsPaidTo(Bytes transaction, DepositLock lock);

  /** Whether {@code script} is an output script to which {@link #plan} can pay on {@code chain}. */
  boolean isPayable(ChainId chain, Bytes script);

  /**
   * One payable output script of each form: what must be payable to whomever it is owed is tried
   * with all of them.
   */
  List<Bytes> payableForms();

  /** The least change that {@link #plan} leaves at {@link #restingLock}, above nothing. */
  Amount leastChange();

  /**
   * The transaction that pays out: inputs and outputs in a canonical order, change to {@link
   * #restingLock}. The fee, {@code feeRate} satoshi per virtual byte times the final size, is taken
   * from the payout. Rejects amounts that leave dust or are not covered.
   */
  Verdict<ReleasePlan> plan(
      ChainId chain, Committee committee, List<Coin> coins, Payout payout, long feeRate);

  /**
   * What each coin at rest after the first adds to the fee of {@link #plan}, smallest units;
   * rounded down, so that {@code k} coins cost at least {@code k - 1} times this more than one.
   */
  Amount inputFee(ChainId chain, Committee committee, long feeRate);

  /** What each member signs, one digest an input (BIP-341 sighash, script path). */
  List<Hash32> signingDigests(Committee committee, ReleasePlan plan);

  /** Whether {@code signatures} (one an input) are the member's over this plan. */
  boolean verifySignatures(
      Committee committee, ReleasePlan plan, int member, List<SchnorrSignature> signatures);

  /**
   * The final transaction, ready to broadcast, from the signatures of exactly {@code threshold}
   * members.
   */
  Verdict<Bytes> assemble(Committee committee, ReleasePlan plan, List<MemberSignatures> signatures);

  /** Whether a proven transaction is the one that {@code plan} describes, witness aside. */
  boolean executes(Bytes transaction, ReleasePlan plan);

  /**
   * Whether a proven transaction has {@code coin} among its inputs, whoever signed it; false for
   * bytes that are not exactly one transaction.
   */
  boolean spends(Bytes transaction, Coin coin);

  /** The coin that {@code plan} leaves to the committee, if it has change. */
  List<Coin> change(Committee committee, ReleasePlan plan);

  /**
   * Members' x-only keys in a fixed order, and how many must sign. The constructor refuses fewer
   * than 4 members and a threshold that is not more than two thirds.
   */
  record Committee(long epoch, List<Hash32> members, int threshold) {
    public Committee {
      members = List.copyOf(members);
      if (members.size() < 4
          || threshold > members.size()
          || 3L * threshold <= 2L * members.size()
          || members.stream().distinct().count() != members.size()) {
        throw new IllegalArgumentException(
            "a committee is at least 4 distinct members with a threshold over two thirds");
      }
    }
  }

  /**
   * What a deposit is for; committed to by the address itself.
   *
   * @param transferId the transfer it pays for
   * @param refundKey x-only key that may take the deposit back after {@code refundDelay}
   * @param refundDelay blocks (BIP-68)
   */
  record DepositTerms(Hash32 transferId, Hash32 refundKey, int refundDelay) {}

  /**
   * @param script the output script
   * @param address the same for people
   * @param spendingScript the leaf with which the committee spends
   * @param controlBlock BIP-341 control block of that leaf
   */
  record DepositLock(Bytes script, String address, Bytes spendingScript, Bytes controlBlock) {}

  /**
   * @param txId wire order
   * @param amount smallest units
   * @param lock how it is spent
   */
  record Coin(Hash32 txId, long outputIndex, Amount amount, DepositLock lock) {}

  /** Pay {@code amount}, minus the network fee, to {@code script}; {@code id} names the release. */
  record Payout(Hash32 id, Bytes script, Amount amount) {}

  /**
   * @param unsigned the transaction without witnesses
   * @param inputs the coins it spends, in input order
   * @param fee smallest units
   */
  record ReleasePlan(Bytes unsigned, List<Coin> inputs, Payout payout, Amount fee) {
    public ReleasePlan {
      inputs = List.copyOf(inputs);
    }
  }

  record MemberSignatures(int member, List<SchnorrSignature> signatures) {
    public MemberSignatures {
      signatures = List.copyOf(signatures);
    }
  }
}
