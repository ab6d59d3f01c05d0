package dev.trestle.lightclient.ethereum;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.BlsKeySet;
import java.util.Optional;

/** What the specification defines over a store; {@link SyncProtocol} is the implementation. */
public interface SyncRules {
  /** Finds the validated keys of a committee by its root. */
  @FunctionalInterface
  interface CommitteeKeys {
    Optional<BlsKeySet> of(Hash32 committee);
  }

  /** {@code initialize_light_client_store}. */
  Verdict<LightClientStore> bootstrap(Hash32 trustedRoot, LightClientBootstrap bootstrap);

  /** {@code validate_light_client_update}, in its order; accepted with the update itself. */
  Verdict<LightClientUpdate> validate(
      LightClientStore store, LightClientUpdate update, long currentSlot, CommitteeKeys keys);

  /** {@code process_light_client_update} for an update that {@link #validate} accepted. */
  LightClientStore process(LightClientStore store, LightClientUpdate update);

  /**
   * {@code process_light_client_store_force_update}: the store unchanged unless the profile allows
   * it, {@code UPDATE_TIMEOUT} has passed and there is a best update.
   */
  LightClientStore forceUpdate(LightClientStore store, long currentSlot);
}
