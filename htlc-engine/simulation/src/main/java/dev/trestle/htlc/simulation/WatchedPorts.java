package dev.trestle.htlc.simulation;

import dev.trestle.adapter.HtlcPort;
import dev.trestle.adapter.TransactionPort;
import dev.trestle.adapter.sim.SimAdapter;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.SecretKey;
import dev.trestle.htlc.ChainPorts;
import io.vertx.core.Future;

/** One party's connection to one chain; tells what it signs and sends, and holds some flaws. */
final class WatchedPorts implements HtlcPort, TransactionPort {
  private final SimAdapter adapter;
  private final HtlcPort htlc;
  private final TransactionPort transactions;
  private final Watcher watcher;
  private final boolean decoys;

  /** Told of everything before the chain is. */
  interface Watcher {
    void lockSigned(SignedTransaction lock);

    void sends(Bytes raw);

    void notSent(Bytes raw);
  }

  /**
   * @param decoys whether a lock to other keys counts, which is a flaw
   */
  WatchedPorts(SimAdapter adapter, Watcher watcher, boolean decoys) {
    this.adapter = adapter;
    this.htlc = adapter.htlc().orElseThrow();
    this.transactions = adapter.transactions();
    this.watcher = watcher;
    this.decoys = decoys;
  }

  ChainPorts ports() {
    return new ChainPorts(adapter.profile(), this, this, adapter::health);
  }

  @Override
  public Verdict<HtlcLock> describe(HtlcTerms terms) {
    return htlc.describe(terms);
  }

  @Override
  public Bytes partyKey(SecretKey key) {
    return htlc.partyKey(key);
  }

  @Override
  public Future<SignedTransaction> prepareLock(HtlcTerms terms, SecretKey from) {
    return htlc.prepareLock(terms, from).onSuccess(watcher::lockSigned);
  }

  @Override
  public Future<SignedTransaction> prepareClaim(
      HtlcTerms terms, LockFunding funding, Hash32 preimage, SecretKey claimer) {
    return htlc.prepareClaim(terms, funding, preimage, claimer);
  }

  @Override
  public Future<SignedTransaction> prepareRefund(
      HtlcTerms terms, LockFunding funding, SecretKey refunder) {
    return htlc.prepareRefund(terms, funding, refunder);
  }

  @Override
  public Future<HtlcObservation> observe(HtlcTerms terms) {
    Future<HtlcObservation> seen = htlc.observe(terms);
    if (!decoys) {
      return seen;
    }
    return seen.compose(
        real ->
            real.funding().isEmpty() ? htlc.observe(decoyOf(terms)) : Future.succeededFuture(real));
  }

  /** What an adversary locks instead: it can take it itself. */
  static HtlcTerms decoyOf(HtlcTerms terms) {
    return new HtlcTerms(
        terms.asset(),
        terms.amount(),
        terms.hash(),
        terms.refunder(),
        terms.refunder(),
        terms.expirySeconds());
  }

  @Override
  public Future<Hash32> broadcast(Bytes signedTransaction) {
    watcher.sends(signedTransaction);
    return transactions
        .broadcast(signedTransaction)
        .onFailure(failed -> watcher.notSent(signedTransaction));
  }

  @Override
  public Future<TransactionStatus> status(Hash32 transactionId) {
    return transactions.status(transactionId);
  }

  @Override
  public Future<Amount> balance(String address) {
    return transactions.balance(address);
  }

  @Override
  public String address(SecretKey key) {
    return transactions.address(key);
  }

  @Override
  public Future<SignedTransaction> preparePayment(SecretKey from, String toAddress, Amount amount) {
    return transactions.preparePayment(from, toAddress, amount);
  }
}
