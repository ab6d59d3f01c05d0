package dev.trestle.lightclient.corda;

/** The groups of a transaction's components by ordinal ({@code ComponentGroupEnum}, Corda 4). */
public enum ComponentGroup {
  /** References to the states that are consumed. */
  INPUTS(0),
  OUTPUTS(1),
  COMMANDS(2),
  ATTACHMENTS(3),
  /** The notary's party; exactly one component. */
  NOTARY(4),
  /** Between which times the notary may sign; at most one component. */
  TIME_WINDOW(5),
  SIGNERS(6),
  REFERENCES(7),
  /** Hash of the network parameters; exactly one component. */
  PARAMETERS(8);

  private final int number;

  ComponentGroup(int number) {
    this.number = number;
  }

  /** Place of the group's root in {@link GroupHashes}. */
  public int number() {
    return number;
  }
}
