package dev.trestle.relay.ledger;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.packet.Lane;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.relay.ledger.record.LaneRecord;
import dev.trestle.relay.ledger.record.LaneTerms;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.StateKeys;
import java.util.Optional;

/**
 * Lanes and their order (ICS-4). On an ordered lane outcomes come in the order of sequences. A
 * timeout closes an {@code ORDERED} lane, for the contract can never go on behind a packet that it
 * must not execute any more; an {@code ORDERED_ALLOW_TIMEOUT} lane goes on. On a closed lane no
 * deposit is credited; packets in flight, and those of deposits that were credited before, still
 * end, each by its own receipt or timeout.
 */
final class Lanes {
  private Lanes() {}

  /** Rejects a lane on which nothing is credited any more. */
  static Verdict<LaneRecord> open(LedgerView view, RouteRecord route) {
    LaneRecord lane = view.lane(route.lane().hash());
    return lane.closed().isEmpty()
        ? Verdict.accept(lane)
        : Verdict.reject(LedgerCode.LANE_CLOSED, route.lane().hash().toHex());
  }

  static boolean isOrdered(Lane lane) {
    return lane.ordering() != Lane.Ordering.UNORDERED;
  }

  /** Rejects an outcome that is not the next one of an ordered lane. */
  static Verdict<Long> inTurn(LedgerView view, Packet packet) {
    long next = view.lane(packet.lane().hash()).nextEnd();
    return !isOrdered(packet.lane()) || packet.sequence() == next
        ? Verdict.accept(packet.sequence())
        : Verdict.reject(
            LedgerCode.OUT_OF_ORDER, "sequence " + packet.sequence() + ", next is " + next);
  }

  /** The outcome of a packet was recorded in its turn. */
  static void ended(Execution x, Packet packet) {
    if (isOrdered(packet.lane())) {
      Hash32 id = packet.lane().hash();
      x.put(StateKeys.lane(id), x.view().lane(id).ended().encode());
    }
  }

  static void close(Execution x, Lane lane, LaneRecord.Cause cause) {
    Hash32 id = lane.hash();
    x.put(StateKeys.lane(id), x.view().lane(id).closed(cause, x.block().height()).encode());
    x.emit(new LedgerEvent.LaneClosed(id, cause));
  }

  /** Whether governance may close the lane of a route. */
  static Verdict<RouteRecord> closable(LedgerView view, Hash32 routeId) {
    Optional<RouteRecord> route = view.route(routeId);
    return route.isEmpty()
        ? Verdict.reject(LedgerCode.UNKNOWN_ROUTE, routeId.toHex())
        : open(view, route.get()).then(lane -> Verdict.accept(route.get()));
  }

  /**
   * The timeout of a packet that is sent now. By time it counts from the later of the block and the
   * destination's newest known header, so that a client which lags does not shorten it.
   */
  static Packet.Timeout timeout(RouteRecord route, BlockContext block, HeaderRef destination) {
    if (route.lifetime().isEmpty()) {
      return Packet.Timeout.NEVER;
    }
    LaneTerms.Lifetime lifetime = route.lifetime().get();
    long from =
        switch (lifetime.clock()) {
          case DESTINATION_TIME -> Math.max(block.seconds(), destination.timestampSeconds());
          case DESTINATION_HEIGHT -> destination.height();
          case RELAY_HEIGHT -> block.height();
        };
    return new Packet.Timeout(lifetime.clock(), Math.addExact(from, lifetime.value()));
  }
}
