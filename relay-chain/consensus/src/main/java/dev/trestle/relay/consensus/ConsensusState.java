package dev.trestle.relay.consensus;

/** placeholder until the rules land */
public final class ConsensusState {
  static final ConsensusState INITIAL = new ConsensusState();
}
