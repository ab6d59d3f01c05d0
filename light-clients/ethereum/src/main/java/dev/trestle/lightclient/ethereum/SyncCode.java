package dev.trestle.lightclient.ethereum;

import dev.trestle.base.ReasonCode;
import java.util.Locale;

/**
 * Why the sync protocol refuses a bootstrap or an update. Stable: part of the API. The names in
 * brackets are sections of altair/light-client/sync-protocol.md.
 */
public enum SyncCode implements ReasonCode {
  /** The bootstrap header is not the trusted block [initialize_light_client_store]. */
  TRUSTED_ROOT,
  /** The bootstrap header's execution part is not of its block [is_valid_light_client_header]. */
  BOOTSTRAP_HEADER,
  /** The committee is not that of the bootstrap header's state [initialize_light_client_store]. */
  CURRENT_COMMITTEE_BRANCH,
  /** A key of the bootstrap's committee is not a valid point (bridge profile). */
  CURRENT_COMMITTEE_KEYS,
  /** No seat signed, or fewer than the profile asks for [MIN_SYNC_COMMITTEE_PARTICIPANTS]. */
  PARTICIPANTS,
  /** More or fewer bits than the committee has seats. */
  BITS_LENGTH,
  /** The attested execution part is not of its block [is_valid_light_client_header]. */
  ATTESTED_HEADER,
  /** Not current_slot >= signature_slot > attested >= finalized [validate_light_client_update]. */
  SLOT_ORDER,
  /** Signed in a period whose committee is not known [validate_light_client_update]. */
  PERIOD,
  /** Neither newer than what is final nor the missing committee [validate_light_client_update]. */
  NOT_RELEVANT,
  /** A finalized header without a branch [is_finality_update]. */
  FINALIZED_HEADER_NOT_EMPTY,
  /** The finalized execution part is not of its block [is_valid_light_client_header]. */
  FINALIZED_HEADER,
  /** The finalized header is not final in the attested state [validate_light_client_update]. */
  FINALITY_BRANCH,
  /** A next committee without a branch [is_sync_committee_update]. */
  NEXT_COMMITTEE_NOT_EMPTY,
  /** Another next committee is known for this period [validate_light_client_update]. */
  NEXT_COMMITTEE_MISMATCH,
  /** The next committee is not that of the attested state [validate_light_client_update]. */
  NEXT_COMMITTEE_BRANCH,
  /** A key of the next committee is not a valid point (bridge profile). */
  NEXT_COMMITTEE_KEYS,
  /** The aggregate signature does not verify: wrong key, message, domain or point. */
  SIGNATURE,
  /** The block header that goes with the newly final one is missing, another, or not asked for. */
  EXECUTION_HEADER;

  @Override
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
