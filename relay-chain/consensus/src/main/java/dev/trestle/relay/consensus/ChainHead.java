package dev.trestle.relay.consensus;

import dev.trestle.base.Hash32;

/**
 * The block the next height builds on, and what follows from the chain up to it.
 *
 * @param height 0 for genesis
 * @param id of genesis the chain id
 * @param timeMs block time; of genesis the time its document names
 * @param epoch how often the set has changed; 0 for genesis
 * @param validators the set that certified it; of genesis the first set
 * @param nextValidators the set that certifies the next block
 * @param rotation who proposes the next block
 */
public record ChainHead(
    long height,
    Hash32 id,
    long timeMs,
    long epoch,
    ValidatorSet validators,
    ValidatorSet nextValidators,
    Rotation rotation) {
  public ChainHead {
    if (rotation.height() != height + 1) {
      throw new IllegalArgumentException("the rotation is not that of the next height");
    }
  }

  public static ChainHead genesis(Hash32 chainId, long timeMs, ValidatorSet validators) {
    return new ChainHead(
        0, chainId, timeMs, 0, validators, validators, Rotation.startingAt(1, validators));
  }

  /**
   * The head after {@code block}, as a store keeps it.
   *
   * @param rotation of the height after it
   * @throws IllegalArgumentException if the header names other sets
   */
  public static ChainHead of(
      Block block, ValidatorSet validators, ValidatorSet nextValidators, Rotation rotation) {
    RelayHeader header = block.header();
    if (!header.validatorsHash().equals(validators.hash())
        || !header.nextValidatorsHash().equals(nextValidators.hash())) {
      throw new IllegalArgumentException(block + " names other validators");
    }
    return new ChainHead(
        header.height(),
        block.id(),
        header.timeMs(),
        header.epoch(),
        validators,
        nextValidators,
        rotation);
  }

  /**
   * The head after the next block.
   *
   * @param block certified by {@link #nextValidators()}
   * @param nextButOne the set that certifies the block after it
   */
  public ChainHead next(Block block, ValidatorSet nextButOne) {
    return of(block, nextValidators, nextButOne, rotation.next(block, nextButOne));
  }

  /** Epoch of the next block: one more exactly when another set certifies it. */
  public long nextEpoch() {
    return validators.equals(nextValidators) ? epoch : epoch + 1;
  }
}
