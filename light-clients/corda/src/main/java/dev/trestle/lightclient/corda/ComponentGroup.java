package dev.trestle.lightclient.corda;

/** The groups of a transaction's components by ordinal ({@code ComponentGroupEnum}, Corda 4). */
public enum ComponentGroup {
  /** References to the states that are consumed. */
  INPUTS,
  OUTPUTS,
  COMMANDS,
  ATTACHMENTS,
  /** The notary's party; exactly one component. */
  NOTARY,
  /** Between which times the notary may sign; at most one component. */
  TIME_WINDOW,
  SIGNERS,
  REFERENCES,
  /** Hash of the network parameters; exactly one component. */
  PARAMETERS
}
