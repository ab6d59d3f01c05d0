package dev.trestle.lightclient.cometbft;

import dev.trestle.base.ReasonCode;
import java.util.Locale;

/** Why a header or commit is refused, where no common code says it. Stable: part of the API. */
public enum CometCode implements ReasonCode {
  /** Not more than the trust level of the trusted next validators signed: bisect. */
  NOT_ENOUGH_TRUST,
  /** The commit is for another header. */
  COMMIT_HASH,
  /** The commit is for another height. */
  COMMIT_HEIGHT,
  /** Not one signature entry a validator. */
  SIGNATURE_COUNT,
  /** An entry without signature that holds one, or one for nil or the block that is malformed. */
  SIGNATURE_FORM,
  /** The validators are not those of the header. */
  VALIDATORS_HASH,
  /** The next validators are not those of the header. */
  NEXT_VALIDATORS_HASH,
  /** The trusted validators are not those that the trusted header named as next. */
  TRUSTED_VALIDATORS_HASH,
  /** The validators of the next height are not those that the trusted header named. */
  UNEXPECTED_VALIDATORS;

  @Override
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
