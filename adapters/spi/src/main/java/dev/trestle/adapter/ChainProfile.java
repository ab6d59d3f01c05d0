package dev.trestle.adapter;

import dev.trestle.base.AssetId;
import dev.trestle.base.ChainId;

/**
 * What must be known of a chain to reason about time and finality; declared data.
 *
 * @param chain CAIP-2
 * @param nativeAsset the chain's coin
 * @param nativeDecimals digits behind the point when shown to people
 * @param blockSeconds mean time between blocks, seconds
 * @param finality when a block counts as irreversible
 * @param timing worst-case times that the timelock gap rule uses
 * @param test whether coins here are worth nothing (regtest, anvil)
 */
public record ChainProfile(
    ChainId chain,
    String name,
    AssetId nativeAsset,
    int nativeDecimals,
    double blockSeconds,
    Finality finality,
    Timing timing,
    boolean test) {

  /** The chain's finality rule. */
  public sealed interface Finality {
    /** Final under {@code confirmations} blocks (the block itself counts as one). */
    record Depth(int confirmations) implements Finality {}

    /** Final when the node says so (a finalised tag, or instant finality). */
    record ByChain() implements Finality {}
  }

  /**
   * Worst-case times in seconds (at a probability of about 1e-6), as {@code atomic-swaps} 2.3
   * defines them.
   *
   * @param lock from broadcast to inclusion of a lock
   * @param claim from broadcast to inclusion of a claim
   * @param refund from broadcast, at the lock's expiry, to inclusion of a refund
   * @param irreversible from inclusion to final
   * @param seen until a watcher sees an included transaction
   * @param clockSkew how far the chain's clock may be from true time
   * @param softExpiry whether a claim stays valid after expiry until a refund is included
   */
  public record Timing(
      long lock,
      long claim,
      long refund,
      long irreversible,
      long seen,
      long clockSkew,
      boolean softExpiry) {}
}
