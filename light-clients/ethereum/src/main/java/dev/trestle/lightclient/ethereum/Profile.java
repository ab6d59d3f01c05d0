package dev.trestle.lightclient.ethereum;

/**
 * How strict a client is beyond the specification.
 *
 * @param forceUpdates whether a header that is not final may take the place of a final one after
 *     {@code UPDATE_TIMEOUT}; a bridge never does this, it goes stale instead
 * @param supermajority whether every update needs two thirds of the seats, not only what it
 *     finalizes
 * @param floorPerMille seats of a thousand that must have signed, on top
 */
public record Profile(boolean forceUpdates, boolean supermajority, int floorPerMille) {
  /** The specification to the letter. */
  public static final Profile SPECIFICATION = new Profile(true, false, 0);

  /** What may move value: two thirds for everything, no forced update. */
  public static final Profile BRIDGE = new Profile(false, true, 0);

  private static final int MAX_PER_MILLE = 1_000;

  public Profile {
    if (floorPerMille < 0 || floorPerMille > MAX_PER_MILLE) {
      throw new IllegalArgumentException(floorPerMille + " seats of a thousand");
    }
  }

  /** {@code MIN_SYNC_COMMITTEE_PARTICIPANTS} and what the profile adds to it. */
  boolean enough(int participants, int seats) {
    return participants >= 1
        && (!supermajority || isSupermajority(participants, seats))
        && 1_000L * participants >= (long) floorPerMille * seats;
  }

  /** At least two thirds: 342 of 512, 22 of 32. */
  static boolean isSupermajority(int participants, int seats) {
    return 3L * participants >= 2L * seats;
  }
}
