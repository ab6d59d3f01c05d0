package dev.trestle.notary;

import dev.trestle.base.Amount;

/**
 * Limits that a member sets for itself, whatever the relay chain says.
 *
 * @param maxAmount largest single payment out of custody, smallest units; sweeps are none
 * @param maxFeeRate satoshi per virtual byte
 */
public record SigningPolicy(Amount maxAmount, long maxFeeRate) {
  public SigningPolicy {
    if (maxAmount.isZero() || maxFeeRate < 1) {
      throw new IllegalArgumentException("limits that allow nothing");
    }
  }
}
