package dev.trestle.lightclient.ethereum;

import dev.trestle.base.DecodeException;

/**
 * Sizes that a beacon chain is compiled with (consensus-specs presets/). All arithmetic on slots is
 * unsigned: a slot is a uint64.
 */
public enum Preset {
  MAINNET(1, 32, 256, 512),
  MINIMAL(2, 8, 8, 32);

  private final int code;
  private final int slotsPerEpoch;
  private final int epochsPerPeriod;
  private final int committeeSize;

  Preset(int code, int slotsPerEpoch, int epochsPerPeriod, int committeeSize) {
    this.code = code;
    this.slotsPerEpoch = slotsPerEpoch;
    this.epochsPerPeriod = epochsPerPeriod;
    this.committeeSize = committeeSize;
  }

  /** Number of the preset in our own formats. */
  int code() {
    return code;
  }

  static Preset byCode(int code) {
    for (Preset preset : values()) {
      if (preset.code == code) {
        return preset;
      }
    }
    throw new DecodeException("no preset number " + code);
  }

  public int slotsPerEpoch() {
    return slotsPerEpoch;
  }

  /** Seats of a sync committee. */
  public int committeeSize() {
    return committeeSize;
  }

  /** Slots of a sync-committee period; also {@code UPDATE_TIMEOUT}. */
  public long slotsPerPeriod() {
    return (long) slotsPerEpoch * epochsPerPeriod;
  }

  public long epochAt(long slot) {
    return Long.divideUnsigned(slot, slotsPerEpoch);
  }

  /** {@code compute_sync_committee_period_at_slot}. */
  public long periodAt(long slot) {
    return Long.divideUnsigned(slot, slotsPerPeriod());
  }
}
