package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.SecretKey;

/** The form in which terms become an output of this chain. */
sealed interface LockContract permits HtlcScript, TaprootLock {
  /** Below, a lock time is a block height. */
  long MIN_EXPIRY = Broadcaster.LOCK_TIME_THRESHOLD;

  /** A script number of four bytes cannot be larger: 19 January 2038. */
  long MAX_EXPIRY = 0x7fff_ffffL;

  /** SHA-256 of the preimage. */
  Hash32 hash();

  /** Unix time from which the refunder may take the coins back. */
  long expirySeconds();

  /** Where the coins lie; nothing else counts as this lock. */
  Bytes outputScript();

  /** What an auditor compares: the script, or the scripts and the internal key. */
  Bytes detail();

  /** Signs the claim; what the hash or the key says is not checked here. */
  SignedTransaction claim(
      HtlcSigner signer,
      HtlcSigner.Lock lock,
      Hash32 preimage,
      SecretKey claimer,
      HtlcSigner.Fees fees);

  /** Signs the refund. */
  SignedTransaction refund(
      HtlcSigner signer, HtlcSigner.Lock lock, SecretKey refunder, HtlcSigner.Fees fees);

  /** One of the forms. */
  enum Form {
    P2WSH,
    TAPROOT;

    /**
     * The output for these terms. Rejects another asset than the coin, amounts and expiries out of
     * range, and malformed keys.
     */
    Verdict<LockContract> of(HtlcTerms terms, UtxoNetwork network) {
      return switch (this) {
        case P2WSH -> HtlcScript.of(terms, network).then(Verdict::accept);
        case TAPROOT -> TaprootLock.of(terms, network).then(Verdict::accept);
      };
    }
  }

  /** What holds for terms in every form. */
  static Verdict<HtlcTerms> check(HtlcTerms terms, UtxoNetwork network) {
    if (!terms.asset().equals(network.coin())) {
      return Verdict.reject(AdapterError.NOT_SUPPORTED, "only " + network.coin());
    }
    Amount least = Amount.of(network.family().smallestLock());
    if (terms.amount().isLessThan(least)
        || terms.amount().isMoreThan(Amount.of(network.family().maxMoney()))) {
      return Verdict.reject(
          AdapterError.INVALID_AMOUNT, terms.amount() + " satoshi; the least is " + least);
    }
    if (terms.expirySeconds() < MIN_EXPIRY || terms.expirySeconds() > MAX_EXPIRY) {
      return Verdict.reject(AdapterError.NOT_SUPPORTED, "expiry " + terms.expirySeconds());
    }
    if (terms.hash().isZero() || terms.claimer().equals(terms.refunder())) {
      return Verdict.reject(
          AdapterError.INVALID_ADDRESS, "no hash, or claimer and refunder are one");
    }
    return Verdict.accept(terms);
  }
}
