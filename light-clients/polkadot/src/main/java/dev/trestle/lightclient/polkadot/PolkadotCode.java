package dev.trestle.lightclient.polkadot;

import dev.trestle.base.ReasonCode;
import java.util.Locale;

/**
 * Why something of a Substrate chain is refused, where no common code says it. Stable: part of the
 * API.
 */
public enum PolkadotCode implements ReasonCode {
  /** The justification is for another block than the header. */
  TARGET_MISMATCH,
  /** A vote for a block that is not shown to descend from the one that is finalised. */
  NOT_DESCENDANT,
  /** A header of the votes' ancestries that no vote needs, or twice. */
  UNUSED_ANCESTRY,
  /** The header forces a change of authorities, which nobody finalised: govern. */
  FORCED_CHANGE,
  /** The header pauses or resumes the authorities, which a client cannot follow. */
  AUTHORITIES_PAUSED,
  /** A second change of authorities while one is pending. */
  CHANGE_PENDING,
  /** The validators are not those of the set. */
  VALIDATORS_ROOT,
  /** The commitment holds no root of the mountain range, or not exactly one. */
  NO_MMR_ROOT,
  /** The leaf is not the one of the committed block, or not under the committed root. */
  MMR_LEAF,
  /** The next set of the leaf does not follow the one that signed. */
  NEXT_SET,
  /** The header or its time is not what the leaf or the state says. */
  HEADER_MISMATCH,
  /** The time of the block is not proved. */
  NO_TIMESTAMP;

  @Override
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
