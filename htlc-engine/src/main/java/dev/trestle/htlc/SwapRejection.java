package dev.trestle.htlc;

import dev.trestle.base.ReasonCode;
import java.util.Locale;

/** Why a swap is refused. Stable: part of the API. */
public enum SwapRejection implements ReasonCode {
  MALFORMED,
  /** Not between two legs and the most that terms can hold, or not one party for each leg. */
  LEG_COUNT,
  /** The hash is zero, which no secret has. */
  BAD_HASH,
  /** The hash stands for another swap of this party already: one reveal would pay both. */
  HASH_REUSED,
  /** The hash is not that of a secret made from this party's seed. */
  UNKNOWN_SECRET,
  ZERO_AMOUNT,
  /** An asset that is not on the leg's chain. */
  WRONG_ASSET,
  /** Both legs lock the same asset. */
  SAME_ASSET,
  /** Missing, too long, or the same key on both sides of a lock. */
  BAD_KEY,
  /** The key in the terms is not one that this party holds. */
  NOT_MY_KEY,
  /** A height, or beyond what a lock time can hold. */
  EXPIRY_OUT_OF_RANGE,
  /** The leg that is locked first must expire last. */
  EXPIRY_ORDER,
  /** The time between the expiries, or until them, is too short to be safe. */
  UNSAFE_TIMELOCK,
  /** Coins would be locked for longer than allowed. */
  LOCKED_TOO_LONG,
  /** No adapter for the chain. */
  UNKNOWN_CHAIN,
  /** The chain cannot express the lock. */
  NOT_EXPRESSIBLE,
  /** More value would be at risk at once than configured. */
  OVER_LIMIT;

  @Override
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
