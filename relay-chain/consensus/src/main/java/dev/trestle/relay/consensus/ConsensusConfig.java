package dev.trestle.relay.consensus;

import dev.trestle.base.Hash32;

/**
 * What stays the same for the life of a node.
 *
 * @param chainId keccak256 of the genesis document
 * @param minimumValidators a smaller set is refused; {@link #MINIMUM_VALIDATORS} outside of tests
 *     of the engine
 */
public record ConsensusConfig(Hash32 chainId, TimerPolicy timers, int minimumValidators) {
  /** Fewer tolerate no fault at all. */
  public static final int MINIMUM_VALIDATORS = 4;

  public ConsensusConfig(Hash32 chainId, TimerPolicy timers) {
    this(chainId, timers, MINIMUM_VALIDATORS);
  }

  public ConsensusConfig {
    if (chainId.isZero() || minimumValidators < 1) {
      throw new IllegalArgumentException("no chain id or no validators");
    }
  }
}
