package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.PublicKey;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * Says in the chain that this node is at work, while the planned set names its key and the one in
 * force does not: a set takes over only when each of its new members has said so lately. Said again
 * and again, because it wears off within {@link TransactionBody.ValidatorReady#MAX_AGE} blocks and
 * the boundary of the epoch may be further. Runs on the core thread.
 */
final class Readiness {
  /** Blocks between two times: four may get lost before it wears off. */
  static final long EVERY_BLOCKS = TransactionBody.ValidatorReady.MAX_AGE / 5;

  /** Blocks that a node may be behind what the others say and still be at work. */
  static final long MAX_LAG = 5;

  private final Hash32 chainId;
  private final GuardedSigner signer;
  private final ValidatorPeers validators;
  private final ToLongFunction<PublicKey> nextNonce;
  private long saidAt = -EVERY_BLOCKS;

  Readiness(
      Hash32 chainId,
      GuardedSigner signer,
      ValidatorPeers validators,
      ToLongFunction<PublicKey> nextNonce) {
    this.chainId = chainId;
    this.signer = signer;
    this.validators = validators;
    this.nextNonce = nextNonce;
  }

  /**
   * What to send now, if anything.
   *
   * @param height of the newest block here
   * @param networkHead of the others
   */
  Optional<Bytes> due(long height, long networkHead) {
    if (!validators.isJoining(signer.publicKey())
        || height - saidAt < EVERY_BLOCKS
        || networkHead - height > MAX_LAG
        || signer.silentAt(height + 1).isPresent()) {
      return Optional.empty();
    }
    saidAt = height;
    Transaction ready =
        signer.transaction(
            chainId,
            nextNonce.applyAsLong(signer.publicKey()),
            new TransactionBody.ValidatorReady(height));
    return Optional.of(ready.encode());
  }
}
