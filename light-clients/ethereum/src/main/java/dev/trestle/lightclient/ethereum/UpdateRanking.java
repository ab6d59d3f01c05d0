package dev.trestle.lightclient.ethereum;

import java.util.Optional;

/** {@code is_better_update} (altair/light-client/sync-protocol.md). */
public final class UpdateRanking {
  private final Preset preset;

  public UpdateRanking(Preset preset) {
    this.preset = preset;
  }

  /** Whether {@code update} should replace {@code old} as the best one of a period. */
  public boolean isBetter(LightClientUpdate update, LightClientUpdate old) {
    int seats = preset.committeeSize();
    int signers = update.aggregate().participants();
    int oldSigners = old.aggregate().participants();
    boolean supermajority = Profile.isSupermajority(signers, seats);
    boolean oldSupermajority = Profile.isSupermajority(oldSigners, seats);
    if (supermajority != oldSupermajority) {
      return supermajority;
    }
    if (!supermajority && signers != oldSigners) {
      return signers > oldSigners;
    }
    return byContent(update, old).orElseGet(() -> byTieBreak(update, old, signers, oldSigners));
  }

  /** Which one says more; empty if both say the same. */
  private Optional<Boolean> byContent(LightClientUpdate update, LightClientUpdate old) {
    boolean committee = hasRelevantCommittee(update);
    if (committee != hasRelevantCommittee(old)) {
      return Optional.of(committee);
    }
    boolean finality = update.hasFinality();
    if (finality != old.hasFinality()) {
      return Optional.of(finality);
    }
    boolean committeeFinality = finality && hasCommitteeFinality(update);
    if (committeeFinality != (finality && hasCommitteeFinality(old))) {
      return Optional.of(committeeFinality);
    }
    return Optional.empty();
  }

  /** More signers, then older data, so that the best one changes seldom. */
  private static boolean byTieBreak(
      LightClientUpdate update, LightClientUpdate old, int signers, int oldSigners) {
    if (signers != oldSigners) {
      return signers > oldSigners;
    }
    int bySlot =
        Long.compareUnsigned(update.attested().beacon().slot(), old.attested().beacon().slot());
    return bySlot != 0
        ? bySlot < 0
        : Long.compareUnsigned(update.signatureSlot(), old.signatureSlot()) < 0;
  }

  private boolean hasRelevantCommittee(LightClientUpdate update) {
    return update.hasNextCommittee()
        && preset.periodAt(update.attested().beacon().slot())
            == preset.periodAt(update.signatureSlot());
  }

  private boolean hasCommitteeFinality(LightClientUpdate update) {
    return preset.periodAt(update.finalized().beacon().slot())
        == preset.periodAt(update.attested().beacon().slot());
  }
}
