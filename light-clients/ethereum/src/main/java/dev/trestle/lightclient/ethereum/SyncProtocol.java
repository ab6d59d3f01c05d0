package dev.trestle.lightclient.ethereum;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Bls12381;
import dev.trestle.crypto.BlsKeySet;
import dev.trestle.proofs.ssz.SszBranch;
import java.util.Optional;

/**
 * The sync-committee protocol (altair/light-client/sync-protocol.md with the changes of capella,
 * deneb, electra and gloas). Pure: a store goes in, a store comes out, and a refused update leaves
 * nothing behind. Chain, forks and profile are trusted and fixed; nothing of them comes from an
 * update.
 *
 * <p>{@link #bootstrap} refuses with {@link SyncCode#TRUSTED_ROOT}, {@link
 * SyncCode#BOOTSTRAP_HEADER}, {@link SyncCode#CURRENT_COMMITTEE_BRANCH}; {@link #validate} with
 * every other {@link SyncCode}, cheapest checks first and the signature last.
 */
public final class SyncProtocol implements SyncRules {
  private final BeaconNetwork network;
  private final Profile profile;
  private final Preset preset;
  private final UpdateRanking ranking;

  public SyncProtocol(BeaconNetwork network, Profile profile) {
    this.network = network;
    this.profile = profile;
    this.preset = network.preset();
    this.ranking = new UpdateRanking(preset);
  }

  @Override
  public Verdict<LightClientStore> bootstrap(Hash32 trustedRoot, LightClientBootstrap bootstrap) {
    LightClientHeader header = bootstrap.header();
    if (!header.isValid(network)) {
      return reject(SyncCode.BOOTSTRAP_HEADER, "slot " + header.beacon().slot());
    }
    if (!header.beacon().root().equals(trustedRoot)) {
      return reject(SyncCode.TRUSTED_ROOT, "root " + header.beacon().root());
    }
    Hash32 committee = bootstrap.committee().root();
    long index = network.forkAt(header.beacon().slot()).currentCommitteeIndex();
    if (!SszBranch.isValid(
        committee, bootstrap.committeeBranch(), index, header.beacon().stateRoot())) {
      return reject(SyncCode.CURRENT_COMMITTEE_BRANCH, "committee " + committee);
    }
    return Verdict.accept(LightClientStore.initial(header, committee));
  }

  @Override
  public Verdict<LightClientUpdate> validate(
      LightClientStore store, LightClientUpdate update, long currentSlot, CommitteeKeys keys) {
    return check(store, update, currentSlot).then(each -> signature(store, each, keys));
  }

  /** Everything that {@link #validate} checks but the signature. */
  public Verdict<LightClientUpdate> check(
      LightClientStore store, LightClientUpdate update, long currentSlot) {
    return participants(update)
        .then(each -> slots(store, each, currentSlot))
        .then(each -> relevance(store, each))
        .then(this::finality)
        .then(each -> nextCommittee(store, each));
  }

  /** What a committee that is known signed, whether or not it is still news; no signature. */
  Verdict<LightClientUpdate> evidence(
      LightClientStore store, LightClientUpdate update, long currentSlot) {
    return participants(update).then(each -> slots(store, each, currentSlot)).then(this::finality);
  }

  private Verdict<LightClientUpdate> participants(LightClientUpdate update) {
    int seats = preset.committeeSize();
    if (update.aggregate().bits().size() != seats / 8) {
      return reject(SyncCode.BITS_LENGTH, update.aggregate().bits().size() + " bytes");
    }
    int participants = update.aggregate().participants();
    if (!profile.enough(participants, seats)) {
      return reject(SyncCode.PARTICIPANTS, participants + " of " + seats);
    }
    return update.attested().isValid(network)
        ? Verdict.accept(update)
        : reject(SyncCode.ATTESTED_HEADER, "slot " + slot(update.attested()));
  }

  private Verdict<LightClientUpdate> slots(
      LightClientStore store, LightClientUpdate update, long currentSlot) {
    long signed = update.signatureSlot();
    long attested = slot(update.attested());
    boolean ordered =
        Long.compareUnsigned(currentSlot, signed) >= 0
            && Long.compareUnsigned(signed, attested) > 0
            && Long.compareUnsigned(attested, slot(update.finalized())) >= 0;
    if (!ordered) {
      return reject(SyncCode.SLOT_ORDER, "signed at " + Long.toUnsignedString(signed));
    }
    long storePeriod = storePeriod(store);
    long period = preset.periodAt(signed);
    boolean known =
        period == storePeriod || (store.nextCommittee().isPresent() && period == storePeriod + 1);
    return known
        ? Verdict.accept(update)
        : reject(SyncCode.PERIOD, "period " + period + ", store at " + storePeriod);
  }

  private Verdict<LightClientUpdate> relevance(LightClientStore store, LightClientUpdate update) {
    long attested = slot(update.attested());
    boolean bringsCommittee =
        store.nextCommittee().isEmpty()
            && update.hasNextCommittee()
            && preset.periodAt(attested) == storePeriod(store);
    boolean newer = Long.compareUnsigned(attested, slot(store.finalized())) > 0;
    return newer || bringsCommittee
        ? Verdict.accept(update)
        : reject(SyncCode.NOT_RELEVANT, "attested slot " + attested);
  }

  private Verdict<LightClientUpdate> finality(LightClientUpdate update) {
    LightClientHeader finalized = update.finalized();
    if (!update.hasFinality()) {
      return finalized.isEmpty()
          ? Verdict.accept(update)
          : reject(SyncCode.FINALIZED_HEADER_NOT_EMPTY, "slot " + slot(finalized));
    }
    Hash32 root = Hash32.ZERO;
    if (slot(finalized) == 0) { // genesis: its checkpoint root is zero
      if (!finalized.isEmpty()) {
        return reject(SyncCode.FINALIZED_HEADER, "genesis with content");
      }
    } else if (finalized.isValid(network)) {
      root = finalized.beacon().root();
    } else {
      return reject(SyncCode.FINALIZED_HEADER, "slot " + slot(finalized));
    }
    BeaconBlockHeader attested = update.attested().beacon();
    long index = network.forkAt(attested.slot()).finalizedRootIndex();
    return SszBranch.isValid(root, update.finalityBranch(), index, attested.stateRoot())
        ? Verdict.accept(update)
        : reject(SyncCode.FINALITY_BRANCH, "finalized root " + root);
  }

  private Verdict<LightClientUpdate> nextCommittee(
      LightClientStore store, LightClientUpdate update) {
    if (!update.hasNextCommittee()) {
      return update.nextCommittee().isEmpty()
          ? Verdict.accept(update)
          : reject(SyncCode.NEXT_COMMITTEE_NOT_EMPTY, "a committee without a branch");
    }
    BeaconBlockHeader attested = update.attested().beacon();
    Hash32 root = update.nextCommittee().root();
    boolean samePeriod = preset.periodAt(attested.slot()) == storePeriod(store);
    if (samePeriod && store.nextCommittee().filter(known -> !known.equals(root)).isPresent()) {
      return reject(SyncCode.NEXT_COMMITTEE_MISMATCH, "committee " + root);
    }
    long index = network.forkAt(attested.slot()).nextCommitteeIndex();
    return SszBranch.isValid(root, update.nextCommitteeBranch(), index, attested.stateRoot())
        ? Verdict.accept(update)
        : reject(SyncCode.NEXT_COMMITTEE_BRANCH, "committee " + root);
  }

  /** The last check of {@link #validate}, for an update that passed the others. */
  Verdict<LightClientUpdate> signature(
      LightClientStore store, LightClientUpdate update, CommitteeKeys keys) {
    Hash32 committee = signingCommittee(store, update.signatureSlot());
    BlsKeySet set =
        keys.of(committee)
            .orElseThrow(() -> new IllegalStateException("keys of " + committee + " are missing"));
    Bytes message =
        network.signingRoot(update.attested().beacon().root(), update.signatureSlot()).bytes();
    SyncAggregate aggregate = update.aggregate();
    return Bls12381.fastAggregateVerify(set, aggregate.signers(), message, aggregate.signature())
        ? Verdict.accept(update)
        : reject(SyncCode.SIGNATURE, "slot " + slot(update.attested()));
  }

  /** The committee whose period a signature slot lies in, for slots that {@link #slots} passed. */
  Hash32 signingCommittee(LightClientStore store, long signatureSlot) {
    return preset.periodAt(signatureSlot) == storePeriod(store)
        ? store.currentCommittee()
        : store
            .nextCommittee()
            .orElseThrow(() -> new IllegalStateException("a period without a committee"));
  }

  @Override
  public LightClientStore process(LightClientStore store, LightClientUpdate update) {
    int participants = update.aggregate().participants();
    LightClientStore next = store.withParticipants(participants);
    if (profile.forceUpdates()
        && store.bestValidUpdate().map(best -> ranking.isBetter(update, best)).orElse(true)) {
      next = next.withBest(Optional.of(update));
    }
    boolean newer = Long.compareUnsigned(slot(update.attested()), slot(store.optimistic())) > 0;
    if (participants > next.safetyThreshold() && newer) {
      next = next.withOptimistic(update.attested());
    }
    boolean advances = Long.compareUnsigned(slot(update.finalized()), slot(store.finalized())) > 0;
    if (Profile.isSupermajority(participants, preset.committeeSize())
        && (advances || bringsFinalCommittee(store, update))) {
      next = apply(next, update).withBest(Optional.empty());
    }
    return next;
  }

  private boolean bringsFinalCommittee(LightClientStore store, LightClientUpdate update) {
    return store.nextCommittee().isEmpty()
        && update.hasNextCommittee()
        && update.hasFinality()
        && preset.periodAt(slot(update.finalized())) == preset.periodAt(slot(update.attested()));
  }

  /** {@code apply_light_client_update}. */
  private LightClientStore apply(LightClientStore store, LightClientUpdate update) {
    LightClientHeader finalized = update.finalized();
    long storePeriod = storePeriod(store);
    long period = preset.periodAt(slot(finalized));
    Optional<Hash32> next =
        update.nextCommittee().isEmpty()
            ? Optional.empty()
            : Optional.of(update.nextCommittee().root());
    LightClientStore after = store;
    if (store.nextCommittee().isEmpty()) {
      if (period != storePeriod) {
        throw new IllegalStateException("final in a period whose committee is not known");
      }
      after = after.withNextCommittee(next);
    } else if (period == storePeriod + 1) {
      after = after.rotated(store.nextCommittee().get(), next);
    }
    return Long.compareUnsigned(slot(finalized), slot(store.finalized())) > 0
        ? after.withFinalized(finalized)
        : after;
  }

  @Override
  public LightClientStore forceUpdate(LightClientStore store, long currentSlot) {
    long timeout = slot(store.finalized()) + preset.slotsPerPeriod();
    if (!profile.forceUpdates()
        || store.bestValidUpdate().isEmpty()
        || Long.compareUnsigned(currentSlot, timeout) <= 0) {
      return store;
    }
    LightClientUpdate best = store.bestValidUpdate().get();
    boolean behind = Long.compareUnsigned(slot(best.finalized()), slot(store.finalized())) <= 0;
    LightClientUpdate forced = behind ? best.withFinalized(best.attested()) : best;
    return apply(store, forced).withBest(Optional.empty());
  }

  private long storePeriod(LightClientStore store) {
    return preset.periodAt(slot(store.finalized()));
  }

  private static long slot(LightClientHeader header) {
    return header.beacon().slot();
  }

  private static <T> Verdict<T> reject(SyncCode code, String detail) {
    return Verdict.reject(code, detail);
  }
}
