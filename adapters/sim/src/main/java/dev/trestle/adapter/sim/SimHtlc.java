package dev.trestle.adapter.sim;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.HtlcPort;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.adapter.sim.SimFaults.Call;
import dev.trestle.adapter.sim.SimTransaction.Body;
import dev.trestle.adapter.sim.SimTransaction.Operation;
import dev.trestle.adapter.sim.SimTransaction.Outpoint;
import dev.trestle.adapter.sim.SimTransaction.Output;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.SecretKey;
import io.vertx.core.Future;
import java.util.List;

/** Hash-time-locks of a simulated chain. */
final class SimHtlc implements HtlcPort {
  private final SimAdapter adapter;
  private final SimChain chain;
  private final LockWatch watch;

  SimHtlc(SimAdapter adapter, PreimageSearch search) {
    this.adapter = adapter;
    this.chain = adapter.chain();
    this.watch = new LockWatch(chain, search);
  }

  @Override
  public Verdict<HtlcLock> describe(HtlcTerms terms) {
    if (!terms.asset().equals(chain.profile().nativeAsset())) {
      return Verdict.reject(AdapterError.NOT_SUPPORTED, "only the chain's coin: " + terms.asset());
    }
    if (!terms.amount().isMoreThan(chain.fee())) {
      return Verdict.reject(AdapterError.INVALID_AMOUNT, "a claim would cost more than it brings");
    }
    int size = chain.flavor() == SimChain.Flavor.UTXO ? 33 : 20;
    if (terms.claimer().size() != size || terms.refunder().size() != size) {
      return Verdict.reject(
          AdapterError.INVALID_ADDRESS, "an identity here has " + size + " bytes");
    }
    Bytes key = SimTransaction.lockKey(terms).bytes();
    String address = "simlock" + key.toHex();
    return Verdict.accept(
        new HtlcLock(
            address,
            key,
            SimTransaction.termsBytes(terms),
            "sim:" + address + "?amount=" + terms.amount()));
  }

  @Override
  public Bytes partyKey(SecretKey key) {
    return chain.flavor() == SimChain.Flavor.UTXO
        ? key.publicKey().compressed()
        : key.publicKey().evmAddress().bytes();
  }

  @Override
  public Future<SignedTransaction> prepareLock(HtlcTerms terms, SecretKey from) {
    return adapter.call(
        Call.PREPARE_LOCK,
        () -> {
          Bytes script = describe(terms).orThrow().lockKey();
          return adapter.wallet().pay(from, script, terms.amount(), new Operation.Lock(terms));
        });
  }

  @Override
  public Future<SignedTransaction> prepareClaim(
      HtlcTerms terms, LockFunding funding, Hash32 preimage, SecretKey claimer) {
    return adapter.call(
        Call.PREPARE_CLAIM,
        () -> {
          if (chain.flavor() == SimChain.Flavor.ACCOUNT) {
            return adapter.wallet().call(claimer, new Operation.Claim(terms, preimage));
          }
          List<Bytes> witness = List.of(preimage.bytes(), SimTransaction.termsBytes(terms));
          return spend(funding, claimer, 0, witness);
        });
  }

  @Override
  public Future<SignedTransaction> prepareRefund(
      HtlcTerms terms, LockFunding funding, SecretKey refunder) {
    return adapter.call(
        Call.PREPARE_REFUND,
        () -> {
          if (chain.flavor() == SimChain.Flavor.ACCOUNT) {
            return adapter.wallet().call(refunder, new Operation.Refund(terms));
          }
          List<Bytes> witness = List.of(SimTransaction.termsBytes(terms));
          return spend(funding, refunder, terms.expirySeconds(), witness);
        });
  }

  private SignedTransaction spend(
      LockFunding funding, SecretKey key, long lockTime, List<Bytes> witness) {
    Amount fee = chain.fee();
    if (!funding.amount().isMoreThan(fee)) {
      throw new AdapterException(AdapterError.INVALID_AMOUNT, "the lock does not pay its fee");
    }
    Body body =
        new Body(
            key.publicKey(),
            0,
            List.of(new Outpoint(funding.transactionId(), funding.outputIndex())),
            List.of(new Output(key.publicKey().compressed(), funding.amount().minus(fee))),
            new Operation.None(),
            fee,
            lockTime);
    SimTransaction tx = body.sign(chain.signatures(), key, witness);
    return new SignedTransaction(tx.id(), tx.toBytes(), fee);
  }

  @Override
  public Future<HtlcObservation> observe(HtlcTerms terms) {
    return adapter.call(Call.OBSERVE, () -> watch.observe(terms));
  }
}
