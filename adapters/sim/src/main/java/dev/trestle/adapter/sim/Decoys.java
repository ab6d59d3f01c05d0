package dev.trestle.adapter.sim;

import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.adapter.HtlcPort.LockFunding;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.adapter.sim.SimTransaction.Body;
import dev.trestle.adapter.sim.SimTransaction.Operation;
import dev.trestle.adapter.sim.SimTransaction.Outpoint;
import dev.trestle.adapter.sim.SimTransaction.Output;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.SecretKey;
import java.util.List;

/** Transactions that only an adversary makes. */
public final class Decoys {
  private Decoys() {}

  /** A claim that pays double and hides the preimage behind another 32 bytes. */
  public static SignedTransaction claim(
      SimChain chain, HtlcTerms terms, LockFunding funding, Hash32 preimage, SecretKey key) {
    Amount fee = chain.fee().plus(chain.fee());
    Body body =
        new Body(
            key.publicKey(),
            0,
            List.of(new Outpoint(funding.transactionId(), funding.outputIndex())),
            List.of(new Output(key.publicKey().compressed(), funding.amount().minus(fee))),
            new Operation.None(),
            fee,
            0);
    Bytes decoy = Digests.sha256(Bytes.utf8("decoy")).bytes();
    SimTransaction tx =
        body.sign(
            chain.signatures(),
            key,
            List.of(decoy, preimage.bytes(), SimTransaction.termsBytes(terms)));
    return new SignedTransaction(tx.id(), tx.toBytes(), fee);
  }

  /** Pays any amount to a lock's script. */
  public static SignedTransaction payScript(
      SimChain chain, SecretKey from, String lockKeyHex, Amount amount) {
    return new SimWallet(chain).pay(from, Bytes.fromHex(lockKeyHex), amount, new Operation.None());
  }
}
