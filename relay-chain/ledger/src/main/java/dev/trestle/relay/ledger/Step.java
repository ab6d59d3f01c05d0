package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.relay.ledger.record.ChainRecord;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.StateKeys.Table;
import dev.trestle.relay.ledger.record.TrustPolicy;
import dev.trestle.relay.ledger.state.StateHistory;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * What one step of a block did: one transaction, or the block's own work on one chain.
 *
 * @param before the state on which it ran
 * @param changes everything that it wrote, the sender's nonce aside
 * @param facts that light clients proved during it
 * @param attested what other verifiers have said
 * @param packets that it emitted
 * @param tables that it may write
 * @param body of the transaction; empty for the block's own work
 */
record Step(
    Hash32 hubId,
    BlockContext block,
    LedgerView before,
    LedgerView after,
    SortedMap<Bytes, StateHistory.Change> changes,
    List<Fact> facts,
    List<Attested> attested,
    List<Packet> packets,
    Set<Table> tables,
    Optional<TransactionBody> body) {
  Step {
    facts = List.copyOf(facts);
    attested = List.copyOf(attested);
    packets = List.copyOf(packets);
  }

  /** Whether it carries out what governance has decided. */
  boolean isDecision() {
    return body.filter(TransactionBody.ExecuteProposal.class::isInstance).isPresent();
  }

  /** A fact and the chain whose client proved it; made by {@link Clients} alone. */
  record Fact(ChainId chain, ProvenFact proven) {}

  /** A fact and the verifier, other than a client, that has said it; made by {@link Evidence}. */
  record Attested(ChainId chain, TrustPolicy.Leaf leaf, ProvenFact fact) {}

  /** As {@link #fact}, or what other verifiers have said; whether that suffices, policies say. */
  Optional<ProvenFact> evidence(ChainId chain, long confirmations) {
    return fact(chain, confirmations)
        .or(
            () ->
                attested.stream()
                    .filter(each -> each.chain.equals(chain))
                    .map(Attested::fact)
                    .filter(fact -> fact.confirmations() >= floor(chain, confirmations))
                    .findFirst());
  }

  /** What a step proved on a chain, with as many confirmations as that takes. */
  Optional<ProvenFact> fact(ChainId chain, long confirmations) {
    long floor = floor(chain, confirmations);
    return facts.stream()
        .filter(fact -> fact.chain.equals(chain) && fact.proven.confirmations() >= floor)
        .map(Fact::proven)
        .findFirst();
  }

  private long floor(ChainId chain, long confirmations) {
    long least = before.chain(chain).map(ChainRecord::confirmations).orElse(1L);
    return Math.max(1, Math.max(confirmations, least));
  }

  boolean isPaused(ChainId chain) {
    return before.isPaused(new PauseSubject.Everything())
        || before.isPaused(new PauseSubject.Chain(chain));
  }

  boolean isPaused(RouteRecord route) {
    return isPaused(route.home())
        || isPaused(route.destination())
        || before.isPaused(new PauseSubject.Route(route.id()));
  }
}
