package dev.trestle.relay.consensus;

import java.util.List;

/** The state after an input, and what to do about it, in order. */
public record Step(ConsensusState state, List<ConsensusEffect> effects) {
  public Step {
    effects = List.copyOf(effects);
  }
}
