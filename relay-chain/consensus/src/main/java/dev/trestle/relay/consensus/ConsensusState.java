package dev.trestle.relay.consensus;

import dev.trestle.base.Hash32;
import dev.trestle.crypto.EvmAddress;
import java.util.Optional;

/**
 * State of a {@link ConsensusCore}. Immutable; holds no key and no resource, so it may be dropped
 * or kept at will.
 */
public final class ConsensusState {
  static final ConsensusState INITIAL =
      new ConsensusState(Optional.empty(), PeerProgress.EMPTY, Pace.UNKNOWN);

  private final Optional<HeightState> current;
  private final PeerProgress peers;
  private final Pace pace;

  ConsensusState(Optional<HeightState> current, PeerProgress peers, Pace pace) {
    this.current = current;
    this.peers = peers;
    this.pace = pace;
  }

  Optional<HeightState> current() {
    return current;
  }

  PeerProgress peers() {
    return peers;
  }

  Pace pace() {
    return pace;
  }

  /** What the others signed at a height, as far as it is remembered. */
  EvidenceLog saidAt(long height) {
    return current
        .filter(each -> each.height() == height)
        .map(HeightState::said)
        .orElse(EvidenceLog.EMPTY);
  }

  /** The height that is being decided; 0 before the first start. */
  public long height() {
    return current.map(HeightState::height).orElse(0L);
  }

  /** The current round; 0 before the first start. */
  public int round() {
    return current.map(height -> height.round().number()).orElse(0);
  }

  /** The set of the height that is being decided; empty before the first start. */
  public Optional<ValidatorSet> validators() {
    return current.map(HeightState::validators);
  }

  /** Who proposes in a round of the height that is being decided; empty before the first start. */
  public Optional<EvmAddress> proposer(int round) {
    return current.map(height -> height.parent().rotation().proposer(round));
  }

  /** Whether a quorum contradicted this node's execution or another quorum: it has stopped. */
  public boolean isHalted() {
    return current.filter(height -> height.phase() == HeightState.Phase.HALTED).isPresent();
  }

  /** A body of the undecided height, to answer a peer that fetches it. */
  public Optional<Block> body(Hash32 id) {
    return current.flatMap(height -> height.bodies().find(id));
  }

  /** Where the height stands and for whom it waits; empty before the first start. */
  public Optional<Diagnostics> diagnostics() {
    return current.map(HeightState::diagnostics);
  }
}
