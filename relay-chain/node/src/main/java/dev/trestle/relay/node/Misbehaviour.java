package dev.trestle.relay.node;

import dev.trestle.base.TrestleException;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.ConsensusCode;
import dev.trestle.relay.consensus.Evidence;
import dev.trestle.relay.consensus.Fork;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node does about validators that contradict themselves. Against a few there is evidence for
 * the next block. Where a quorum did, the chain has split: then nothing helps but to stop, before
 * more is built on a block that others do not have. On the core thread.
 */
final class Misbehaviour {
  private static final Logger LOG = LoggerFactory.getLogger(Misbehaviour.class);

  private final ChainExecutor chain;
  private final RocksStore store;
  private final EvidencePool pool;
  private final Optional<EvmAddress> self;
  private final Consumer<Evidence> gossip;

  /**
   * @param self this node, if it is a validator: only then it is listened to
   * @param gossip tells the other validators
   */
  Misbehaviour(
      ChainExecutor chain, RocksStore store, Optional<EvmAddress> self, Consumer<Evidence> gossip) {
    this.chain = chain;
    this.store = store;
    this.pool = new EvidencePool(store, chain::isNewEvidence);
    this.self = self;
    this.gossip = gossip;
  }

  /** What waits for a block. */
  EvidencePool pool() {
    return pool;
  }

  /**
   * Verified evidence, found here or told by a peer. What is new is told on once: everybody does,
   * so it reaches all, and what is known ends here.
   *
   * @return whether it is new
   */
  boolean found(Evidence evidence) {
    boolean added = pool.add(evidence);
    if (added && self.filter(own -> chain.validators().indexOf(own).isPresent()).isPresent()) {
      gossip.accept(evidence);
    }
    return added;
  }

  /**
   * A certificate for a height that is decided here, from anybody.
   *
   * @throws TrestleException {@link ConsensusCode#FORKED} if it is for another block
   */
  void lookAt(CommitCertificate certificate) {
    chain.fork(certificate).ifPresent(this::stop);
  }

  /**
   * Consensus has verified {@code other}.
   *
   * @param decided empty if it is in the store
   * @throws TrestleException always, {@link ConsensusCode#FORKED}
   */
  void forked(Optional<CommitCertificate> decided, CommitCertificate other) {
    stop(
        decided
            .map(ours -> new Fork(ours, other))
            .or(() -> chain.fork(other))
            .orElseThrow(
                () -> new IllegalStateException("no fork is at height " + other.height())));
  }

  /**
   * A node that has stopped for a fork does not go on because it is started again.
   *
   * @throws TrestleException {@link ConsensusCode#FORKED} if the store holds a proof
   */
  static void requireNoFork(RocksStore store) {
    store.fork().ifPresent(Misbehaviour::refuse);
  }

  private void stop(Fork fork) {
    store.keepFork(fork);
    List<Evidence> against = fork.evidence(chain.setAt(fork.height()));
    against.forEach(this::found);
    NodeEvent.CHAIN_FORKED
        .on(LOG)
        .addKeyValue("code", ConsensusCode.FORKED.code())
        .addKeyValue("height", fork.height())
        .addKeyValue("decided", fork.decided().blockId())
        .addKeyValue("other", fork.other().blockId())
        .addKeyValue("signedBoth", against.stream().map(Evidence::offender).toList())
        .log("two blocks of one height are certified: this node stops");
    refuse(fork);
  }

  private static void refuse(Fork fork) {
    throw new TrestleException(
        ConsensusCode.FORKED,
        "height "
            + fork.height()
            + " is certified twice, here "
            + fork.decided().blockId()
            + ", elsewhere "
            + fork.other().blockId());
  }
}
