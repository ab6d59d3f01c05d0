package dev.trestle.adapter;

import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.SecretKey;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * Hash-time-locks of one chain. Everything is signed before it is sent, so that the caller can make
 * the bytes durable first and send the same bytes again after a crash.
 */
public interface HtlcPort {
  /**
   * Where coins must be locked: recomputed from the terms alone, without a node. Rejects terms that
   * the chain cannot express (wrong asset, dust, keys of the wrong form, expiry out of range).
   */
  Verdict<HtlcLock> describe(HtlcTerms terms);

  /** The identity on this chain that goes into {@link HtlcTerms} for a party with this key. */
  Bytes partyKey(SecretKey key);

  /** Signs the lock. Fails with {@link AdapterError#INSUFFICIENT_FUNDS} and the like. */
  Future<SignedTransaction> prepareLock(HtlcTerms terms, SecretKey from);

  /**
   * Signs the claim to the claimer's own address; {@code lock} is a state seen by {@link #observe}.
   */
  Future<SignedTransaction> prepareClaim(
      HtlcTerms terms, LockFunding funding, Hash32 preimage, SecretKey claimer);

  /** Signs the refund to the refunder's own address; valid on the chain from the expiry on. */
  Future<SignedTransaction> prepareRefund(HtlcTerms terms, LockFunding funding, SecretKey refunder);

  /**
   * Looks at the chain. Finds every funding of exactly this lock, and searches a spending
   * transaction for the preimage by hash, in every place where one can stand. The mempool counts as
   * zero confirmations.
   */
  Future<HtlcObservation> observe(HtlcTerms terms);

  /**
   * @param asset what is locked
   * @param hash SHA-256 of the 32-byte preimage
   * @param claimer {@link #partyKey} of who may claim with the preimage
   * @param refunder {@link #partyKey} of who may take it back
   * @param expirySeconds Unix time from which a refund is valid
   */
  record HtlcTerms(
      AssetId asset,
      Amount amount,
      Hash32 hash,
      Bytes claimer,
      Bytes refunder,
      long expirySeconds) {}

  /**
   * @param address what people see: a script address or the contract
   * @param lockKey what identifies the lock on the chain: output script, or contract lock id
   * @param detail redeem script or call data, for audits
   * @param paymentUri for a wallet (BIP-21, EIP-681)
   */
  record HtlcLock(String address, Bytes lockKey, Bytes detail, String paymentUri) {}

  /**
   * One funding of a lock.
   *
   * @param outputIndex output of the transaction; 0 where a chain has none
   */
  record LockFunding(
      Hash32 transactionId, long outputIndex, Amount amount, long confirmations, boolean isFinal) {}

  /**
   * What the chain shows of a lock.
   *
   * @param chainTimeSeconds the clock that the expiry is compared with: median time past, or the
   *     timestamp of the best block
   * @param head best height
   * @param funding fundings of exactly this lock, spent ones included: those of the agreed amount
   *     first, so that nobody can push the lock aside with a small coin; oldest first among each
   * @param spend a claim of any funding, if there is one, because it shows the preimage; otherwise
   *     how the first funding was spent
   */
  record HtlcObservation(
      long chainTimeSeconds, long head, List<LockFunding> funding, Optional<LockSpend> spend) {
    public HtlcObservation {
      funding = List.copyOf(funding);
    }
  }

  /** A transaction that spends a lock. */
  sealed interface LockSpend {
    Hash32 transactionId();

    long confirmations();

    boolean isFinal();

    /** With the preimage, which is now public. */
    record Claimed(Hash32 transactionId, Hash32 preimage, long confirmations, boolean isFinal)
        implements LockSpend {}

    record Refunded(Hash32 transactionId, long confirmations, boolean isFinal)
        implements LockSpend {}

    /**
     * By both parties together ({@link CooperativeHtlcPort}), which shows no preimage: either party
     * knows from what it signed whether this was a claim or a refund.
     */
    record Cooperative(Hash32 transactionId, long confirmations, boolean isFinal)
        implements LockSpend {}
  }
}
