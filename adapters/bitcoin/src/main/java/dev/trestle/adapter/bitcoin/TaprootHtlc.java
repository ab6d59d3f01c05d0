package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.CooperativeHtlcPort;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.crypto.SecretKey;
import dev.trestle.crypto.musig.Musig2;
import dev.trestle.crypto.musig.PublicNonce;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Hash-time-locks as Taproot outputs, which both parties can end together. */
final class TaprootHtlc extends BitcoinHtlc implements CooperativeHtlcPort {
  /** Rates that {@link #rates} gives: from the estimate up to sixteen times as much. */
  private static final int LADDER = 5;

  private final UtxoNetwork network;
  private final ScriptIndex index;
  private final FeePolicy fees;
  private final CooperativeTransactions cooperative;
  private final SecureRandom random = new SecureRandom();

  TaprootHtlc(
      UtxoNetwork network,
      ScriptIndex index,
      Addresses addresses,
      TransactionLookup lookup,
      BitcoinTransactions transactions,
      FeePolicy fees) {
    super(LockContract.Form.TAPROOT, network, index, addresses, lookup, transactions, fees);
    this.network = network;
    this.index = index;
    this.fees = fees;
    this.cooperative = new CooperativeTransactions(network, addresses, fees.cap());
  }

  @Override
  long claimRate(LockContract contract, LockFunding funding) {
    long clock = index.look(contract.outputScript()).medianTimePast();
    long left = Math.max(0, contract.expirySeconds() - clock) / network.family().blockSeconds();
    return rate(left, funding, TaprootSigner.CLAIM_WEIGHT);
  }

  @Override
  long refundRate(LockContract contract, LockFunding funding) {
    return rate(0, funding, TaprootSigner.REFUND_WEIGHT);
  }

  private long rate(long blocksLeft, LockFunding funding, long weight) {
    return FeeCurve.rate(
        fees.cappedRate(FeeCurve.target(blocksLeft)),
        blocksLeft,
        funding.amount().toLong(),
        weight,
        fees.cap());
  }

  @Override
  public Verdict<LockedOutput> output(HtlcTerms terms, LockFunding funding) {
    if (funding.confirmations() < 1) {
      return Verdict.reject(AdapterError.NOT_YET_VALID, "the lock is not in a block");
    }
    return TaprootLock.of(terms, network)
        .then(
            contract ->
                Verdict.accept(
                    new LockedOutput(
                        funding.transactionId(),
                        funding.outputIndex(),
                        funding.amount(),
                        contract.outputScript())));
  }

  @Override
  public Future<List<Long>> rates() {
    return Async.supply(() -> ladder(fees.cappedRate(), fees.cap()));
  }

  /** Doubled up to the cap. */
  static List<Long> ladder(long first, long cap) {
    List<Long> rates = new ArrayList<>();
    for (long rate = first; rate <= cap && rates.size() < LADDER; rate *= 2) {
      rates.add(rate);
    }
    return List.copyOf(rates);
  }

  @Override
  public Verdict<List<Rung>> draft(CooperativeSpend spend) {
    return cooperative
        .build(spend)
        .then(
            rungs ->
                Verdict.accept(rungs.stream().map(CooperativeTransactions.Built::rung).toList()));
  }

  @Override
  public Verdict<Asking> ask(CooperativeSpend spend, int input, HtlcTerms terms, SecretKey key) {
    return task(spend, input, terms, key)
        .then(
            task ->
                Verdict.accept(
                    new CooperativeSigning(
                        random, task.contract().keys(), key, task.other(), task.digests())));
  }

  @Override
  public Verdict<List<Musig2.Reply>> answer(
      CooperativeSpend spend, int input, HtlcTerms terms, SecretKey key, List<PublicNonce> asked) {
    return task(spend, input, terms, key).then(task -> answer(task, key, asked));
  }

  private static Verdict<List<Musig2.Reply>> answer(
      Task task, SecretKey key, List<PublicNonce> asked) {
    if (asked.size() != task.digests().size()) {
      return Verdict.reject(
          AdapterError.NOT_SUPPORTED, asked.size() + " nonces for " + task.digests().size());
    }
    List<Musig2.Reply> replies = new ArrayList<>();
    for (int i = 0; i < asked.size(); i++) {
      Verdict<Musig2.Reply> reply =
          Musig2.signLast(
              key,
              asked.get(i),
              task.contract().keys(),
              task.digests().get(i).bytes(),
              Optional.empty()); // asked again, it says the same again
      if (!(reply instanceof Verdict.Accepted<Musig2.Reply>(Musig2.Reply share))) {
        return reply.then(never -> Verdict.accept(List.of()));
      }
      replies.add(share);
    }
    return Verdict.accept(List.copyOf(replies));
  }

  /**
   * What one party signs of one input.
   *
   * @param other the other party's key
   * @param digests one for each rate
   */
  private record Task(TaprootLock contract, PublicKey other, List<Hash32> digests) {}

  private Verdict<Task> task(CooperativeSpend spend, int input, HtlcTerms terms, SecretKey key) {
    if (input < 0 || input >= spend.outputs().size()) {
      return Verdict.reject(AdapterError.NOT_FOUND, "no input " + input);
    }
    return TaprootLock.of(terms, network)
        .then(
            contract -> {
              PublicKey own = key.publicKey();
              boolean claims = own.equals(contract.claimer());
              if (!claims && !own.equals(contract.refunder())) {
                return Verdict.reject(AdapterError.INVALID_ADDRESS, "the key of another party");
              }
              if (!spend.outputs().get(input).outputScript().equals(contract.outputScript())) {
                return Verdict.reject(
                    AdapterError.INVALID_ADDRESS, "input " + input + " is not this lock");
              }
              PublicKey other = claims ? contract.refunder() : contract.claimer();
              return cooperative
                  .build(spend)
                  .then(
                      rungs ->
                          Verdict.accept(
                              new Task(
                                  contract,
                                  other,
                                  rungs.stream().map(rung -> rung.digest(input)).toList())));
            });
  }

  @Override
  public Verdict<List<SignedTransaction>> assemble(
      CooperativeSpend spend, List<List<SchnorrSignature>> signatures) {
    return cooperative.assemble(spend, signatures);
  }
}
