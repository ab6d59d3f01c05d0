package dev.trestle.relay.ledger;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.CustodyRules.Coin;
import java.math.BigInteger;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What one deposit costs the custody reserve, from plans over sample coins: the sweep of its coin,
 * and that coin's share of a merge.
 *
 * <p>The share is a merge's fee over the coins that the merge removes, which are all that it spends
 * but one. Payouts make no more coins than they spend, so every coin that a merge removes has come
 * by a sweep, and the reserve never lacks a merge's fee. It is no less than the least output: what
 * a deposit leaves at rest when all that was credited for it is paid out.
 */
public final class CustodyFee {
  private static final Amount SAMPLE = Amount.of(100_000_000);

  private final CustodyRules rules;
  private final ChainId chain;
  private final CustodyRules.Committee committee;
  private final long feeRate;

  private CustodyFee(
      CustodyRules rules, ChainId chain, CustodyRules.Committee committee, long feeRate) {
    this.rules = rules;
    this.chain = chain;
    this.committee = committee;
    this.feeRate = feeRate;
  }

  /**
   * The fee in smallest units. Rejects what the rules reject: a chain, a committee or a fee rate
   * that is none of theirs, and a merge that is too large for one transaction.
   *
   * @param refundDelay of any deposit, blocks: it does not change the size of a sweep
   * @param feeRate satoshi per virtual byte
   */
  public static Verdict<Amount> of(
      CustodyRules rules,
      ChainId chain,
      CustodyRules.Committee committee,
      int refundDelay,
      long feeRate) {
    CustodyFee fee = new CustodyFee(rules, chain, committee, feeRate);
    return Clients.guarded(
        () ->
            fee.sweep(refundDelay)
                .then(sweep -> fee.share().then(share -> Verdict.accept(sweep.plus(share)))));
  }

  /**
   * That {@code least} can be paid out to a script of every form, from a coin that came by the
   * least deposit alone. Rejects as the rules do.
   */
  static Verdict<Amount> payable(
      CustodyRules rules,
      ChainId chain,
      CustodyRules.Committee committee,
      long feeRate,
      Amount least) {
    CustodyFee fee = new CustodyFee(rules, chain, committee, feeRate);
    return Clients.guarded(
        () -> {
          Coin coin =
              new Coin(
                  fee.sample(),
                  0,
                  least.plus(rules.leastChange()),
                  rules.restingLock(chain, committee));
          Verdict<Amount> verdict = Verdict.accept(least);
          for (Bytes script : rules.payableForms()) {
            verdict = verdict.then(same -> fee.pays(coin, script, same));
          }
          return verdict;
        });
  }

  private Verdict<Amount> pays(Coin coin, Bytes script, Amount amount) {
    return rules
        .plan(
            chain,
            committee,
            List.of(coin),
            new CustodyRules.Payout(sample(), script, amount),
            feeRate)
        .then(plan -> Verdict.accept(amount));
  }

  private Verdict<Amount> sweep(int refundDelay) {
    CustodyRules.DepositTerms terms =
        new CustodyRules.DepositTerms(sample(), committee.members().getFirst(), refundDelay);
    return rules
        .depositLock(chain, committee, terms)
        .then(lock -> move(List.of(new Coin(sample(), 0, SAMPLE, lock))));
  }

  private Verdict<Amount> share() {
    CustodyRules.DepositLock resting = rules.restingLock(chain, committee);
    List<Coin> coins =
        IntStream.range(0, Merges.INPUTS)
            .mapToObj(i -> new Coin(sample(), i, SAMPLE, resting))
            .toList();
    BigInteger removed = BigInteger.valueOf(Merges.INPUTS - 1L);
    BigInteger least = rules.leastChange().value();
    return move(coins)
        .then(
            fee ->
                Verdict.accept(
                    new Amount(
                        fee.value()
                            .add(removed)
                            .subtract(BigInteger.ONE)
                            .divide(removed)
                            .max(least))));
  }

  /** The network fee of moving coins to the resting place. */
  private Verdict<Amount> move(List<Coin> coins) {
    Bytes resting = rules.restingLock(chain, committee).script();
    CustodyRules.Payout all = new CustodyRules.Payout(sample(), resting, Custody.sum(coins));
    return rules
        .plan(chain, committee, coins, all, feeRate)
        .then(plan -> Verdict.accept(plan.fee()));
  }

  private Hash32 sample() {
    return Digests.tagged("TRESTLE/ledger/sample-coin/v1", Bytes.utf8(chain.toString()));
  }
}
