package dev.trestle.lightclient.contract;

/** What every family must refuse and only the family itself can forge. */
public enum Attack {
  /** A header, update or anchor of another chain. */
  WRONG_CHAIN,
  /** Signed or mined for another fork or under another fork's rules. */
  WRONG_FORK,
  /** A proof under a root that is not the trusted header's. */
  WRONG_ROOT,
  /** Signed by a key outside the set. */
  WRONG_KEY,
  /** A header that claims, or a proof that names, another height. */
  WRONG_HEIGHT,
  /** Signed by a set that has been replaced. */
  STALE_SET,
  /** Signed by a set that is not in charge yet, or not known. */
  FUTURE_SET,
  /** A bitmap with bits beyond the set. */
  BITS_BEYOND_SET,
  /** One signer counted twice. */
  SIGNER_TWICE,
  /** A branch or a proof longer than any the chain can have. */
  OVERLONG_PATH,
  /** A message or a proof with nothing in it. */
  EMPTY_BATCH,
  /** An index beyond the number of leaves, or of members. */
  INDEX_BEYOND_COUNT,
  /** A count or a size over its limit. */
  UNBOUNDED_SIZE,
  /** A header from the future by more than the allowed drift. */
  FUTURE_CLOCK
}
