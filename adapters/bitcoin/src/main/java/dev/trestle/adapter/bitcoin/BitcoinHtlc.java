package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.HtlcPort;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.adapter.bitcoin.HtlcSpends.Spending;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.OutPoint;
import io.vertx.core.Future;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Hash-time-locks as P2WSH outputs ({@link HtlcScript}) or Taproot outputs ({@link TaprootLock}). A
 * party is its compressed public key.
 */
class BitcoinHtlc implements HtlcPort {
  private final LockContract.Form form;
  private final UtxoNetwork network;
  private final ScriptIndex index;
  private final Addresses addresses;
  private final TransactionLookup lookup;
  private final BitcoinTransactions transactions;
  private final HtlcSigner signer;
  private final FeePolicy fees;

  BitcoinHtlc(
      LockContract.Form form,
      UtxoNetwork network,
      ScriptIndex index,
      Addresses addresses,
      TransactionLookup lookup,
      BitcoinTransactions transactions,
      FeePolicy fees) {
    this.form = form;
    this.network = network;
    this.index = index;
    this.addresses = addresses;
    this.lookup = lookup;
    this.transactions = transactions;
    this.signer = new HtlcSigner(network);
    this.fees = fees;
  }

  /** Rejects another asset than the coin, amounts and expiries out of range, and malformed keys. */
  @Override
  public Verdict<HtlcLock> describe(HtlcTerms terms) {
    return form.of(terms, network)
        .then(
            contract -> {
              Bytes output = contract.outputScript();
              String address = addresses.ofWitnessOutput(output);
              return Verdict.accept(
                  new HtlcLock(
                      address,
                      output,
                      contract.detail(),
                      network.family().id()
                          + ":"
                          + address
                          + "?amount="
                          + BitcoinRpc.coins(terms.amount().toLong())));
            });
  }

  @Override
  public Bytes partyKey(SecretKey key) {
    return key.publicKey().compressed();
  }

  @Override
  public Future<SignedTransaction> prepareLock(HtlcTerms terms, SecretKey from) {
    return Async.supply(
        () -> transactions.pay(from, accepted(terms).outputScript(), terms.amount()));
  }

  /**
   * Where a spending of this lock waits already, signs one that pays more and replaces it, if the
   * chain's nodes do that.
   */
  @Override
  public Future<SignedTransaction> prepareClaim(
      HtlcTerms terms, LockFunding funding, Hash32 preimage, SecretKey claimer) {
    return Async.supply(
        () -> {
          LockContract contract = accepted(terms);
          if (!Digests.sha256(preimage.bytes()).equals(terms.hash())) {
            throw new AdapterException(
                AdapterError.REJECTED_BY_CHAIN, "the preimage is not the one of this lock");
          }
          requireKey(terms.claimer(), claimer);
          return contract.claim(
              signer, lockOf(funding), preimage, claimer, claimFees(contract, funding));
        });
  }

  @Override
  public Future<SignedTransaction> prepareRefund(
      HtlcTerms terms, LockFunding funding, SecretKey refunder) {
    return Async.supply(
        () -> {
          LockContract contract = accepted(terms);
          requireKey(terms.refunder(), refunder);
          return contract.refund(signer, lockOf(funding), refunder, refundFees(contract, funding));
        });
  }

  private LockContract accepted(HtlcTerms terms) {
    return switch (form.of(terms, network)) {
      case Verdict.Accepted<LockContract>(LockContract contract) -> contract;
      case Verdict.Rejected<LockContract>(AdapterError error, String detail) ->
          throw new AdapterException(error, detail);
      case Verdict.Rejected<LockContract>(var reason, String detail) ->
          throw new AdapterException(AdapterError.NOT_SUPPORTED, detail);
      case Verdict.Ignored<LockContract>(var reason, String detail) ->
          throw new AdapterException(AdapterError.NOT_SUPPORTED, detail);
      case Verdict.Later<LockContract>(var reason, String detail) ->
          throw new AdapterException(AdapterError.NOT_SUPPORTED, detail);
    };
  }

  private void requireKey(Bytes party, SecretKey key) {
    if (!partyKey(key).equals(party)) {
      throw new AdapterException(AdapterError.INVALID_ADDRESS, "the key of another party");
    }
  }

  private static HtlcSigner.Lock lockOf(LockFunding funding) {
    return new HtlcSigner.Lock(
        new OutPoint(funding.transactionId(), funding.outputIndex()), funding.amount().toLong());
  }

  private HtlcSigner.Fees claimFees(LockContract contract, LockFunding funding) {
    return replacing(contract, funding, claimRate(contract, funding));
  }

  private HtlcSigner.Fees refundFees(LockContract contract, LockFunding funding) {
    return replacing(contract, funding, refundRate(contract, funding));
  }

  /** Satoshi per 1,000 virtual bytes, at most the cap. */
  long claimRate(LockContract contract, LockFunding funding) {
    return fees.cappedRate();
  }

  /** The same for a refund, which is sent when the lock has expired. */
  long refundRate(LockContract contract, LockFunding funding) {
    return fees.cappedRate();
  }

  private HtlcSigner.Fees replacing(LockContract contract, LockFunding funding, long rate) {
    if (!network.family().replacement()) {
      return new HtlcSigner.Fees(rate, 0, fees.cap());
    }
    OutPoint outPoint = new OutPoint(funding.transactionId(), funding.outputIndex());
    long replaced = 0;
    for (ScriptIndex.Found found : index.look(contract.outputScript()).found()) {
      if (found.output().outPoint().equals(outPoint)) {
        for (ScriptIndex.Spend spend : found.spends()) {
          replaced = Math.max(replaced, lookup.waitingFee(spend.id()).orElse(0));
        }
      }
    }
    return new HtlcSigner.Fees(rate, replaced, fees.cap());
  }

  @Override
  public Future<HtlcObservation> observe(HtlcTerms terms) {
    return Async.supply(
        () -> {
          LockContract contract = accepted(terms);
          ScriptIndex.View view = index.look(contract.outputScript());
          List<ScriptIndex.Found> found = counting(view, terms.amount());
          return new HtlcObservation(
              view.medianTimePast(),
              view.tip().height(),
              found.stream().map(each -> funding(view, each.output())).toList(),
              spend(view, contract, found));
        });
  }

  /** What more than half of the nodes have: first what is of the agreed amount, then the rest. */
  private static List<ScriptIndex.Found> counting(ScriptIndex.View view, Amount agreed) {
    return view.found().stream()
        .filter(each -> each.votes() >= view.quorum())
        .sorted(Comparator.comparing(each -> !Amount.of(each.output().value()).equals(agreed)))
        .toList(); // the sort is stable: oldest first stays
  }

  private LockFunding funding(ScriptIndex.View view, ScriptIndex.Output output) {
    long confirmations = view.confirmations(output.height());
    return new LockFunding(
        output.outPoint().txId(),
        output.outPoint().index(),
        Amount.of(output.value()),
        confirmations,
        confirmations >= transactions.confirmations());
  }

  /** A claim of any funding, because it shows the preimage; else how the first one ended. */
  private Optional<LockSpend> spend(
      ScriptIndex.View view, LockContract contract, List<ScriptIndex.Found> found) {
    Optional<LockSpend> ended = Optional.empty();
    for (ScriptIndex.Found lock : found) {
      boolean first = lock.equals(found.getFirst());
      for (ScriptIndex.Spend spend : lock.spends()) {
        long confirmations = view.confirmations(spend.height());
        boolean isFinal = confirmations >= transactions.confirmations();
        boolean counts = first && spend.votes() >= view.quorum();
        switch (classify(contract, lock.output(), spend)) {
          case Spending.WithPreimage(Hash32 preimage) -> {
            // proves itself, however few nodes have it
            return Optional.of(new LockSpend.Claimed(spend.id(), preimage, confirmations, isFinal));
          }
          case Spending.ByRefund() -> {
            if (counts) {
              ended = Optional.of(new LockSpend.Refunded(spend.id(), confirmations, isFinal));
            }
          }
          case Spending.ByBoth() -> {
            if (counts) {
              ended = Optional.of(new LockSpend.Cooperative(spend.id(), confirmations, isFinal));
            }
          }
          case Spending.Unknown() -> {
            if (counts) {
              throw unexplained(spend);
            }
          }
        }
      }
    }
    return ended;
  }

  private static AdapterException unexplained(ScriptIndex.Spend spend) {
    return new AdapterException(
        AdapterError.NODE_ERROR,
        "lock spent by "
            + spend.id().toReversedHex()
            + ", but the nodes show neither its preimage nor a signature that explains it");
  }

  private Spending classify(
      LockContract contract, ScriptIndex.Output lock, ScriptIndex.Spend spend) {
    Spending first = classify(contract, lock, spend.transaction());
    if (!(first instanceof Spending.Unknown)) {
      return first;
    }
    for (BitcoinTransaction variant : lookup.variants(spend.id())) {
      Spending other = classify(contract, lock, variant);
      if (!(other instanceof Spending.Unknown)) {
        return other;
      }
    }
    return first;
  }

  private Spending classify(
      LockContract contract, ScriptIndex.Output lock, BitcoinTransaction transaction) {
    return switch (contract) {
      case HtlcScript script ->
          HtlcSpends.classify(script, lock.outPoint(), lock.value(), transaction);
      case TaprootLock taproot ->
          TaprootSpends.classify(
              taproot, lock.outPoint(), lock.value(), transaction, lookup::output);
    };
  }
}
