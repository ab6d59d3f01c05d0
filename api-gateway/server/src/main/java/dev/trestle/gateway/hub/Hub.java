package dev.trestle.gateway.hub;

import static java.time.temporal.ChronoUnit.SECONDS;

import dev.trestle.adapter.ChainAdapter;
import dev.trestle.base.ChainId;
import dev.trestle.base.TimeSource;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.SecretKey;
import dev.trestle.gateway.cluster.SharedMap;
import dev.trestle.gateway.http.Problem;
import dev.trestle.gateway.http.ProblemCode;
import dev.trestle.htlc.TimelockPolicy;
import dev.trestle.relay.ledger.record.ChainRecord;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.relayer.ChainDirectory;
import java.time.Instant;
import java.util.List;

/**
 * What the routes work with.
 *
 * @param relayKey signs the transactions that this gateway sends for its users; it has no authority
 * @param timelocks policy for the expiries of quotes
 * @param version of this software
 */
public record Hub(
    HubNode node,
    ChainDirectory chains,
    RelaySender sender,
    SecretKey relayKey,
    TimelockPolicy timelocks,
    SharedMap offers,
    SharedMap quotes,
    SharedMap proposals,
    EventLog events,
    TimeSource time,
    String version) {

  /** The registered chain; a problem for any other. */
  public ChainRecord requireChain(ChainId chain) {
    return node.view()
        .chain(chain)
        .orElseThrow(
            () -> new Problem(ProblemCode.UNKNOWN_CHAIN, chain + " is not registered here"));
  }

  /** A problem while the relay chain stands still: whatever begins now could not go on. */
  public void requireLive() {
    HubNode.Liveness liveness = node.liveness();
    liveness.stall().ifPresent(stall -> refuse(stall, liveness.unreachable()));
  }

  private void refuse(HubNode.Stall stall, List<EvmAddress> unreachable) {
    String since = Instant.ofEpochMilli(stall.sinceMillis()).truncatedTo(SECONDS).toString();
    throw switch (stall.cause()) {
      case NO_BLOCKS ->
          new Problem(
              ProblemCode.RELAY_NO_QUORUM,
              "transactions have waited for a block since %s; the height is %d; of %d validators %d are unreachable from here: %s"
                  .formatted(
                      since,
                      node.head().height(),
                      node.validators().size(),
                      unreachable.size(),
                      unreachable));
      case NODE_STOPPED ->
          new Problem(
              ProblemCode.NODE_STOPPED,
              "this gateway's node stopped with a fault, seen at %s; its log has it"
                  .formatted(since));
    };
  }

  /** An adapter of a chain that may carry new work now. */
  public ChainAdapter requireUsable(ChainId chain) {
    ChainRecord record = requireChain(chain);
    requireLive();
    if (record.status() != ChainRecord.Status.ACTIVE) {
      throw new Problem(ProblemCode.CHAIN_UNAVAILABLE, chain + " is still in probation");
    }
    if (node.view().isPaused(new PauseSubject.Chain(chain))
        || node.view().isPaused(new PauseSubject.Everything())) {
      throw new Problem(ProblemCode.CHAIN_UNAVAILABLE, chain + " is paused");
    }
    ChainAdapter adapter =
        chains
            .adapter(chain)
            .orElseThrow(
                () ->
                    new Problem(
                        ProblemCode.CHAIN_UNAVAILABLE, "this gateway has no node of " + chain));
    ChainAdapter.Health health = dev.trestle.adapter.Async.await(adapter.health());
    if (!health.usable()) {
      throw new Problem(
          ProblemCode.CHAIN_UNAVAILABLE, "the node of " + chain + ": " + health.detail());
    }
    return adapter;
  }
}
