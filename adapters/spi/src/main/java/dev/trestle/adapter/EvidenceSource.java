package dev.trestle.adapter;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.Claim;
import io.vertx.core.Future;

/** Collects proofs. They are checked by whoever receives them. */
public interface EvidenceSource {
  /** Proof that a transaction is in a block of the best chain. */
  Future<Claim> transaction(Hash32 transactionId);

  /** Proof of a contract's message. */
  Future<Claim> message(MessageSource.SourceEvent event);

  /**
   * Proof that nothing stands under {@code path}, in the form of the chain's light client; fails
   * with {@code not-found} if something does.
   */
  default Future<Bytes> absence(Bytes path) {
    return Future.failedFuture(
        new AdapterException(AdapterError.NOT_SUPPORTED, "no proofs of absence here"));
  }

  /**
   * What stands under {@code path}, with proof in the form of the chain's light client: an empty
   * value and a proof of absence if nothing does.
   */
  default Future<Claim> stored(Bytes path) {
    return Future.failedFuture(
        new AdapterException(AdapterError.NOT_SUPPORTED, "no proofs of stored values here"));
  }
}
