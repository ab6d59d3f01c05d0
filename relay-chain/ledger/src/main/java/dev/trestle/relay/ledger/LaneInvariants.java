package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.packet.Lane;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.relay.ledger.record.LaneRecord;
import dev.trestle.relay.ledger.record.StateKeys;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Sequences, order and closing of lanes, from the packets that the step sent and ended. */
final class LaneInvariants {
  private final Step step;
  private final Map<Hash32, Integer> sent = new HashMap<>();
  private final Map<Hash32, Integer> ended = new HashMap<>();
  private final Set<Hash32> broken = new HashSet<>();

  LaneInvariants(Step step) {
    this.step = step;
  }

  /** A deposit was credited whose packet will go out on the lane. */
  void credited(Hash32 lane) {
    StepInvariants.require(
        step.before().lane(lane).closed().isEmpty(), Invariant.I16, "a credit on a closed lane");
  }

  /** A packet came into being. */
  void sent(Packet packet) {
    Hash32 lane = packet.lane().hash();
    long before = step.before().sequence(lane);
    long after = step.after().sequence(lane);
    StepInvariants.require(
        packet.sequence() > before && packet.sequence() <= after, Invariant.I16, "sequence");
    sent.merge(lane, 1, Integer::sum);
  }

  /** A packet came to its end. */
  void ended(Packet packet, boolean timedOut) {
    Lane lane = packet.lane();
    if (timedOut && lane.ordering() == Lane.Ordering.ORDERED) {
      broken.add(lane.hash());
      StepInvariants.require(
          step.after().lane(lane.hash()).closed().isPresent(),
          Invariant.I16,
          "an ordered lane goes on behind a timeout");
    } else if (Lanes.isOrdered(lane)) {
      StepInvariants.require(
          packet.sequence() == step.before().lane(lane.hash()).nextEnd()
              && packet.sequence() + 1 == step.after().lane(lane.hash()).nextEnd(),
          Invariant.I16,
          "sequence " + packet.sequence() + " ended out of order");
      ended.merge(lane.hash(), 1, Integer::sum);
    }
  }

  /** A burn was accepted on a lane back. */
  void burned(Lane back, long sequence) {
    StepInvariants.require(
        !Lanes.isOrdered(back)
            || (step.before().sequence(back.hash()) == sequence - 1
                && step.after().sequence(back.hash()) == sequence),
        Invariant.I16,
        "burn " + sequence + " out of order");
  }

  /** Packets stand before sequences in the order of keys, so they have been seen. */
  void sequence(Bytes key, long was, long now) {
    Hash32 lane = StepInvariants.hashIn(key);
    boolean burned = step.changes().containsKey(StateKeys.burn(lane, now));
    long steps = sent.getOrDefault(lane, burned ? 1 : 0);
    StepInvariants.require(
        steps > 0 && now == was + steps,
        Invariant.I16,
        "sequence " + now + " after " + was + " in lane " + lane);
  }

  /** Packets stand before lanes in the order of keys, so they have been seen. */
  void lane(Bytes key, Optional<LaneRecord> was, Optional<LaneRecord> now) {
    StepInvariants.require(now.isPresent(), Invariant.I2, "a lane was forgotten");
    Hash32 id = StepInvariants.hashIn(key);
    LaneRecord old = was.orElse(LaneRecord.NEW);
    LaneRecord lane = now.get();
    StepInvariants.require(
        lane.nextEnd() == old.nextEnd() + ended.getOrDefault(id, 0),
        Invariant.I16,
        "lane " + id + " moved on by itself");
    if (lane.closed().equals(old.closed())) {
      return;
    }
    StepInvariants.require(old.closed().isEmpty(), Invariant.I2, "lane " + id + " closed again");
    LaneRecord.Closing closing = lane.closed().get();
    StepInvariants.require(
        closing.height() == step.block().height()
            && switch (closing.cause()) {
              case TIMEOUT -> broken.contains(id);
              case GOVERNANCE -> step.isDecision();
            },
        Invariant.I7,
        "lane " + id + " closed by nobody");
  }
}
