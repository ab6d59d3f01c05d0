package dev.trestle.htlc;

/** What a party does in a swap of two legs. */
public enum Role {
  /** Pays leg 1, is paid by leg 2 and alone knows the secret at first. */
  INITIATOR(0),
  /** Pays leg 2 after leg 1 is final, and is paid by leg 1. */
  PARTICIPANT(1);

  private final int party;

  Role(int party) {
    this.party = party;
  }

  /** Index of the party in {@link SwapTerms#parties()} and of the leg that it pays. */
  public int party() {
    return party;
  }
}
