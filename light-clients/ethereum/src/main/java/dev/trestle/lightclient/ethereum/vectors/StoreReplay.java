package dev.trestle.lightclient.ethereum.vectors;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.BlsKeySet;
import dev.trestle.lightclient.ethereum.BeaconNetwork;
import dev.trestle.lightclient.ethereum.LightClientBootstrap;
import dev.trestle.lightclient.ethereum.LightClientHeader;
import dev.trestle.lightclient.ethereum.LightClientHeader.ExecutionAnchor;
import dev.trestle.lightclient.ethereum.LightClientStore;
import dev.trestle.lightclient.ethereum.LightClientUpdate;
import dev.trestle.lightclient.ethereum.SyncCommittee;
import dev.trestle.lightclient.ethereum.SyncRules;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorJson;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * Carries a store from step to step of a vector and compares it with what the vector says
 * afterwards. A refused step leaves the store as it was, and a difference is a fault of ours.
 */
final class StoreReplay {
  private final BeaconNetwork network;
  private final SyncRules protocol;
  private final Map<Hash32, SyncCommittee> committees = new TreeMap<>();
  private final Map<Hash32, BlsKeySet> keys = new TreeMap<>();
  private final Map<Long, Hash32> stateRoots = new TreeMap<>();
  private Optional<LightClientStore> store = Optional.empty();

  StoreReplay(BeaconNetwork network, SyncRules protocol) {
    this.network = network;
    this.protocol = protocol;
  }

  Outcome bootstrap(Hash32 trustedRoot, LightClientBootstrap bootstrap) {
    Verdict<LightClientStore> verdict = protocol.bootstrap(trustedRoot, bootstrap);
    if (verdict instanceof Verdict.Accepted<LightClientStore>(LightClientStore initial)) {
      remember(bootstrap.committee());
      become(initial);
    }
    return Outcome.of(verdict);
  }

  /** Starts from a store that the vector gives and that is taken on trust. */
  void start(LightClientStore initial) {
    become(initial);
  }

  Hash32 remember(SyncCommittee committee) {
    Hash32 root = committee.root();
    committees.put(root, committee);
    return root;
  }

  LightClientStore store() {
    return store.orElseThrow(() -> new IllegalStateException("the step before failed"));
  }

  Outcome update(LightClientUpdate update, long currentSlot) {
    Verdict<LightClientUpdate> verdict =
        protocol.validate(store(), update, currentSlot, this::keysOf);
    if (verdict.isAccepted()) {
      remember(update.nextCommittee());
      become(protocol.process(store(), update));
    }
    return Outcome.of(verdict);
  }

  Outcome forceUpdate(long currentSlot) {
    become(protocol.forceUpdate(store(), currentSlot));
    return Outcome.ok();
  }

  private Optional<BlsKeySet> keysOf(Hash32 root) {
    return Optional.ofNullable(committees.get(root))
        .map(committee -> keys.computeIfAbsent(root, key -> committee.keys()));
  }

  private void become(LightClientStore next) {
    store = Optional.of(next);
    next.finalized()
        .execution(network)
        .flatMap(ExecutionAnchor::payload)
        .ifPresent(
            payload -> stateRoots.put(next.finalized().beacon().slot(), payload.stateRoot()));
  }

  /** State root of the execution block that was final at a slot. */
  Optional<Hash32> stateRootAt(long slot) {
    return Optional.ofNullable(stateRoots.get(slot));
  }

  /**
   * Compares the store with the {@code after} object of our own vectors.
   *
   * @throws IllegalStateException on any difference
   */
  void checkAfter(JsonNode after) {
    LightClientHeader finalized = store().finalized();
    LightClientHeader optimistic = store().optimistic();
    slot(after, "finalized_slot", finalized);
    slot(after, "optimistic_slot", optimistic);
    same(after, "finalized_root", finalized.beacon().root());
    same(after, "optimistic_root", optimistic.beacon().root());
    same(after, "finalized_execution_root", finalized.executionRoot(network));
    same(after, "optimistic_execution_root", optimistic.executionRoot(network));
    finalized
        .execution(network)
        .ifPresent(
            anchor -> {
              same(after, "execution_block_hash", anchor.blockHash());
              anchor
                  .payload()
                  .ifPresent(payload -> same(after, "execution_state_root", payload.stateRoot()));
            });
    if (after.has("next_sync_committee_known")) {
      check(
          VectorJson.bool(after, "next_sync_committee_known")
              == store().nextCommittee().isPresent(),
          "next_sync_committee_known");
    }
  }

  /** Compares the store with the {@code checks} of the consensus spec tests. */
  void checkSpec(JsonNode checks) {
    checkSpec(checks, "finalized_header", store().finalized());
    checkSpec(checks, "optimistic_header", store().optimistic());
  }

  private void checkSpec(JsonNode checks, String name, LightClientHeader header) {
    JsonNode expected = VectorJson.field(checks, name);
    slot(expected, "slot", header);
    same(expected, "beacon_root", header.beacon().root());
    same(expected, "execution_root", header.executionRoot(network));
  }

  private static void slot(JsonNode expected, String name, LightClientHeader header) {
    if (expected.has(name)) {
      check(BeaconJson.uint64(expected, name) == header.beacon().slot(), name);
    }
  }

  private static void same(JsonNode expected, String name, Hash32 actual) {
    BeaconJson.optionalHash(expected, name)
        .ifPresent(hash -> check(hash.equals(actual), name + " is " + actual));
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException("the store differs: " + what);
    }
  }
}
