package dev.trestle.lightclient.ethereum;

import dev.trestle.base.Hash32;
import java.util.Optional;

/**
 * {@code LightClientStore} (altair/light-client/sync-protocol.md). Committees are named by their
 * root; whoever keeps the store keeps their keys.
 *
 * @param finalized newest header that is final
 * @param currentCommittee root of the committee of its period
 * @param nextCommittee root of the one after, once known
 * @param bestValidUpdate what a forced update would take
 * @param optimistic newest header that is reasonably safe
 * @param previousMaxParticipants most seats that signed one update in the period before
 * @param currentMaxParticipants the same for this period
 */
public record LightClientStore(
    LightClientHeader finalized,
    Hash32 currentCommittee,
    Optional<Hash32> nextCommittee,
    Optional<LightClientUpdate> bestValidUpdate,
    LightClientHeader optimistic,
    int previousMaxParticipants,
    int currentMaxParticipants) {
  /** The store after a bootstrap. */
  static LightClientStore initial(LightClientHeader header, Hash32 committee) {
    return new LightClientStore(
        header, committee, Optional.empty(), Optional.empty(), header, 0, 0);
  }

  /** {@code get_safety_threshold}. */
  int safetyThreshold() {
    return Math.max(previousMaxParticipants, currentMaxParticipants) / 2;
  }

  LightClientStore withBest(Optional<LightClientUpdate> best) {
    return new LightClientStore(
        finalized,
        currentCommittee,
        nextCommittee,
        best,
        optimistic,
        previousMaxParticipants,
        currentMaxParticipants);
  }

  LightClientStore withOptimistic(LightClientHeader header) {
    return new LightClientStore(
        finalized,
        currentCommittee,
        nextCommittee,
        bestValidUpdate,
        header,
        previousMaxParticipants,
        currentMaxParticipants);
  }

  LightClientStore withParticipants(int participants) {
    return new LightClientStore(
        finalized,
        currentCommittee,
        nextCommittee,
        bestValidUpdate,
        optimistic,
        previousMaxParticipants,
        Math.max(currentMaxParticipants, participants));
  }

  LightClientStore withNextCommittee(Optional<Hash32> next) {
    return new LightClientStore(
        finalized,
        currentCommittee,
        next,
        bestValidUpdate,
        optimistic,
        previousMaxParticipants,
        currentMaxParticipants);
  }

  /** The next committee takes over. */
  LightClientStore rotated(Hash32 current, Optional<Hash32> next) {
    return new LightClientStore(
        finalized, current, next, bestValidUpdate, optimistic, currentMaxParticipants, 0);
  }

  LightClientStore withFinalized(LightClientHeader header) {
    boolean ahead = Long.compareUnsigned(header.beacon().slot(), optimistic.beacon().slot()) > 0;
    return new LightClientStore(
        header,
        currentCommittee,
        nextCommittee,
        bestValidUpdate,
        ahead ? header : optimistic,
        previousMaxParticipants,
        currentMaxParticipants);
  }
}
