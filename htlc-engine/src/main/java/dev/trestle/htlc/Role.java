package dev.trestle.htlc;

/**
 * Which party of the cycle somebody is. In a swap of two legs there are the initiator and one
 * participant; every further leg brings another one.
 */
public enum Role {
  /** Pays leg 1, is paid by the last leg and alone knows the secret at first. */
  INITIATOR(0),
  /** Pays leg 2 after leg 1 is final, and is paid by leg 1. */
  PARTICIPANT(1),
  /** Pays leg 3 after legs 1 and 2 are final, and is paid by leg 2; and so on. */
  PARTICIPANT_2(2),
  PARTICIPANT_3(3),
  PARTICIPANT_4(4),
  PARTICIPANT_5(5),
  PARTICIPANT_6(6),
  PARTICIPANT_7(7);

  private final int party;

  Role(int party) {
    this.party = party;
  }

  /**
   * The party with this index.
   *
   * @throws IllegalArgumentException if it is negative, or not below {@link SwapTerms#MAX_LEGS}
   */
  public static Role of(int party) {
    for (Role role : values()) {
      if (role.party == party) {
        return role;
      }
    }
    throw new IllegalArgumentException("no swap has a party " + (party + 1));
  }

  /** Index of the party in {@link SwapTerms#parties()} and of the leg that it pays. */
  public int party() {
    return party;
  }

  /** Whether this party makes the secret. */
  public boolean isInitiator() {
    return party == 0;
  }

  /** Whether these terms have such a party. */
  public boolean isIn(SwapTerms terms) {
    return party < terms.parties().size() && party < terms.legs().size();
  }
}
