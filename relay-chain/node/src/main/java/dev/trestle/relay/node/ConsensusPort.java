package dev.trestle.relay.node;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.ChainHead;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.ConsensusCode;
import dev.trestle.relay.consensus.ConsensusEffect;
import dev.trestle.relay.consensus.Diagnostics;
import dev.trestle.relay.consensus.Evidence;
import dev.trestle.relay.consensus.SignedMessage;
import java.util.Optional;

/** What consensus needs of the node. Called on the core thread, in the order of the effects. */
interface ConsensusPort {
  ChainHead head();

  boolean hasWork();

  /** In how many milliseconds there may be work without anything that tells of it; or zero. */
  long gatherMs();

  void broadcast(SignedMessage message);

  void sendDecided(EvmAddress peer, long height);

  void announce(CommitCertificate certificate);

  Block build(ConsensusEffect.BuildBlock request);

  Verdict<Hash32> execute(Block block);

  void assemble(ConsensusEffect.AssembleBlock request);

  void fetch(ConsensusEffect.FetchBlock request);

  /** Durable when it returns; {@link #head()} is the block then. */
  void decide(Block block, CommitCertificate certificate);

  void evidence(Evidence evidence);

  void syncNeeded(long height);

  void diverged(Block block, CommitCertificate certificate);

  /**
   * Keeps the proof and throws.
   *
   * @param decided empty if it is in the store
   */
  void forked(Optional<CommitCertificate> decided, CommitCertificate other);

  void summary(Diagnostics diagnostics);

  void notice(ConsensusCode code, String detail);
}
