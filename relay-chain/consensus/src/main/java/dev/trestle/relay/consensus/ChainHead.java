package dev.trestle.relay.consensus;

import dev.trestle.base.Hash32;

/**
 * The block the next height builds on.
 *
 * @param height 0 for genesis
 * @param id of genesis the chain id
 * @param timeMs block time; of genesis the time its document names
 * @param validators the set that certified it; of genesis the first set
 */
public record ChainHead(long height, Hash32 id, long timeMs, ValidatorSet validators) {
  public static ChainHead genesis(Hash32 chainId, long timeMs, ValidatorSet validators) {
    return new ChainHead(0, chainId, timeMs, validators);
  }

  /** The head after {@code block}, which {@code validators} certified. */
  public static ChainHead of(Block block, ValidatorSet validators) {
    return new ChainHead(block.height(), block.id(), block.header().timeMs(), validators);
  }
}
