package dev.trestle.adapter;

import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.crypto.SecretKey;
import dev.trestle.crypto.musig.Musig2;
import dev.trestle.crypto.musig.PublicNonce;
import io.vertx.core.Future;
import java.util.List;

/**
 * Hash-time-locks that both parties together can end with one signature (MuSig2, BIP-327): cheaper
 * than a claim or a refund alone, at any time, and showing neither the hash nor that there was a
 * lock. Who asks holds nonces in memory; who answers keeps nothing. Since such a transaction cannot
 * be signed anew by one party, it is signed at several fees at once.
 *
 * <p>The port signs what it is told. Its caller answers a claim only once it has the preimage, and
 * a refund only once its own side of the swap is safe.
 */
public interface CooperativeHtlcPort extends HtlcPort {
  /** Most locks that one transaction ends. */
  int MAX_INPUTS = 200;

  /** Most fees at which one transaction is signed. */
  int MAX_RUNGS = 10;

  /**
   * An output that is spent; of locks of others only this is known.
   *
   * @param outputScript where it lies
   */
  record LockedOutput(Hash32 transactionId, long outputIndex, Amount amount, Bytes outputScript) {}

  /**
   * What is signed: from the same value every party builds the same transactions.
   *
   * @param outputs all that is spent, 1 to {@link #MAX_INPUTS}
   * @param payTo address that gets everything but the fee
   * @param rates satoshi per 1,000 virtual bytes, ascending, 1 to {@link #MAX_RUNGS}; each high
   *     enough to replace the one before
   */
  record CooperativeSpend(List<LockedOutput> outputs, String payTo, List<Long> rates) {
    public CooperativeSpend {
      outputs = List.copyOf(outputs);
      rates = List.copyOf(rates);
    }
  }

  /**
   * One of the transactions, unsigned.
   *
   * @param fee what it pays
   * @param payout what arrives
   */
  record Rung(Hash32 transactionId, Bytes unsigned, Amount fee, Amount payout) {}

  /**
   * The output that a funding is, whatever its amount. Rejects terms that {@link #describe} does,
   * and a funding without a confirmation, which its payer could still take back.
   */
  Verdict<LockedOutput> output(HtlcTerms terms, LockFunding funding);

  /**
   * Rates for {@link CooperativeSpend#rates}: what the nodes ask for now, doubled up to the cap.
   */
  Future<List<Long>> rates();

  /**
   * The transactions, cheapest first. Rejects what nodes would not relay: an output twice, a payout
   * below dust, rates over {@code fee.max} or too close to replace each other, another network's
   * address.
   */
  Verdict<List<Rung>> draft(CooperativeSpend spend);

  /**
   * Begins to sign input {@code input} as claimer or refunder of its lock. Rejects what {@link
   * #draft} does, an input that is not this lock, and the key of somebody else.
   */
  Verdict<Asking> ask(CooperativeSpend spend, int input, HtlcTerms terms, SecretKey key);

  /**
   * The other party's answer, one for each rate. Rejects as {@link #ask}, and another count of
   * nonces.
   */
  Verdict<List<Musig2.Reply>> answer(
      CooperativeSpend spend, int input, HtlcTerms terms, SecretKey key, List<PublicNonce> asked);

  /**
   * The transactions, ready to send, cheapest first: each replaces the one before it.
   *
   * @param signatures by input, then by rate; rejected if one does not sign its transaction
   */
  Verdict<List<SignedTransaction>> assemble(
      CooperativeSpend spend, List<List<SchnorrSignature>> signatures);

  /** One input's signatures on their way; good for one answer. */
  interface Asking extends AutoCloseable {
    /** For the other party, one for each rate. */
    List<PublicNonce> nonces();

    /**
     * The signatures, one for each rate. The nonces are used up, also if this rejects: then a new
     * session is begun. Rejects a share that is not the other party's over this transaction.
     *
     * @throws IllegalStateException when called again
     */
    Verdict<List<SchnorrSignature>> finish(List<Musig2.Reply> replies);

    /** Gives the nonces up. */
    @Override
    void close();
  }
}
