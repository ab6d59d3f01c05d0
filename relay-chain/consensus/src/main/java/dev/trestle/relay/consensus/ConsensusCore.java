package dev.trestle.relay.consensus;

/** The consensus state machine. */
public final class ConsensusCore {
  private final ConsensusConfig config;
  private final ConsensusSigner signer;

  public ConsensusCore(ConsensusConfig config, ConsensusSigner signer) {
    this.config = config;
    this.signer = signer;
  }

  /** Before the first {@link ConsensusInput.StartHeight}. */
  public ConsensusState initial() {
    return ConsensusState.INITIAL;
  }

  /** Pure but for the signer. */
  public Step apply(ConsensusState state, ConsensusInput input) {
    throw new UnsupportedOperationException(config + " " + signer.address() + " " + state + input);
  }
}
