package dev.trestle.adapter;

import dev.trestle.base.Hash32;
import dev.trestle.lightclient.Claim;
import io.vertx.core.Future;

/** Collects proofs. They are checked by whoever receives them. */
public interface EvidenceSource {
  /** Proof that a transaction is in a block of the best chain. */
  Future<Claim> transaction(Hash32 transactionId);

  /** Proof of a contract's message. */
  Future<Claim> message(MessageSource.SourceEvent event);
}
