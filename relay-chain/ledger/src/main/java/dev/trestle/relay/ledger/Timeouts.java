package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.TimeoutRules;
import dev.trestle.lightclient.packet.Lane;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.relay.ledger.record.LaneRecord;
import dev.trestle.relay.ledger.record.PacketRecord;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.Optional;

/**
 * Packets that were not received in time (ICS-4, {@code timeoutPacket}). A contract executes a
 * packet strictly before its timeout, so what its state does not hold after a block past the
 * timeout it never will: proof of that and proof of a receipt exclude each other for ever.
 */
final class Timeouts {
  private Timeouts() {}

  /** A packet that may have timed out, with the chain and the rules by which that is proved. */
  private record Pending(
      PacketRecord record, RouteRecord route, Clients.Usable far, TimeoutRules rules) {
    Packet packet() {
      return record.packet();
    }
  }

  static Outcome submit(Execution x, TransactionBody.TimeoutPacket body) {
    Verdict<Pending> verdict = pending(x, body);
    if (!(verdict instanceof Verdict.Accepted<Pending>(Pending p))) {
      return Outcome.refuse(verdict);
    }
    Verdict<ProvenFact> proven = prove(x, p, body);
    if (!(proven instanceof Verdict.Accepted<ProvenFact>(ProvenFact fact))) {
      return Outcome.refuse(proven);
    }
    if (!p.packet().timeout().isPast(fact.block())) {
      return Outcome.refuse(
          LedgerCode.TIMEOUT_NOT_REACHED,
          "block " + fact.block().height() + " at " + fact.block().timestampSeconds());
    }
    record(x, p);
    return Outcome.APPLIED;
  }

  /** Everything that can be judged without the proof. */
  private static Verdict<Pending> pending(Execution x, TransactionBody.TimeoutPacket body) {
    Optional<PacketRecord> found = x.view().packet(body.packetId());
    if (found.isEmpty()) {
      return Verdict.reject(LedgerCode.UNKNOWN_PACKET, body.packetId().toHex());
    }
    PacketRecord record = found.get();
    RouteRecord route = x.view().route(record.routeId()).orElseThrow();
    if (x.isPaused(route)) {
      return Verdict.reject(LedgerCode.PAUSED, record.routeId().toHex());
    }
    if (record.sentAt() >= x.block().height()) {
      return Verdict.reject(LedgerCode.UNKNOWN_PACKET, "its block is not certified yet");
    }
    switch (record.state()) {
      case SENT -> {}
      case ACKNOWLEDGED, FAILED -> {
        return Verdict.reject(LedgerCode.ALREADY_ACKNOWLEDGED, body.packetId().toHex());
      }
      case TIMED_OUT -> {
        return Verdict.reject(LedgerCode.ALREADY_TIMED_OUT, body.packetId().toHex());
      }
    }
    Packet packet = record.packet();
    if (packet.timeout().equals(Packet.Timeout.NEVER)) {
      return Verdict.reject(LedgerCode.NEVER_EXPIRES, body.packetId().toHex());
    }
    return Clients.carrying(x, route.destination())
        .then(
            far ->
                rules(far.family(), packet.timeout().clock(), packet.lane())
                    .then(rules -> Verdict.accept(new Pending(record, route, far, rules))))
        .then(pending -> expectable(x, pending, body.height()));
  }

  /** Refuses before any proof what no proof could show. */
  private static Verdict<Pending> expectable(Execution x, Pending p, long height) {
    Packet packet = p.packet();
    if (packet.timeout().clock() == Packet.Timeout.Clock.DESTINATION_HEIGHT
        && height < packet.timeout().value()) {
      return Verdict.reject(
          LedgerCode.TIMEOUT_NOT_REACHED, height + " of " + packet.timeout().value());
    }
    // on a lane that goes on behind a timeout each outcome waits for the ones before it
    return packet.lane().ordering() == Lane.Ordering.ORDERED_ALLOW_TIMEOUT
        ? Lanes.inTurn(x.view(), packet).then(turn -> Verdict.accept(p))
        : Verdict.accept(p);
  }

  /**
   * The rules by which packets of a lane time out. Rejects families that prove no absence, whose
   * contracts take no ordered lanes, or whose headers do not tell the clock as the chain does.
   */
  static Verdict<TimeoutRules> rules(
      LightClientFamily family, Packet.Timeout.Clock clock, Lane lane) {
    Optional<TimeoutRules> rules = family.timeouts();
    if (rules.isEmpty()) {
      return Verdict.reject(LedgerCode.TIMEOUT_NOT_SUPPORTED, family.type());
    }
    if (!rules.get().clocks().contains(clock)) {
      return Verdict.reject(LedgerCode.UNTRUSTED_CLOCK, clock + " of " + family.type());
    }
    boolean ordered = rules.get().lastReceived(lane.destinationApp(), lane.hash(), 1).isPresent();
    return ordered || !Lanes.isOrdered(lane)
        ? Verdict.accept(rules.get())
        : Verdict.reject(LedgerCode.ORDER_NOT_SUPPORTED, family.type());
  }

  private static Verdict<ProvenFact> prove(
      Execution x, Pending p, TransactionBody.TimeoutPacket body) {
    Optional<Bytes> path = path(p.rules(), p.packet(), body.height());
    if (path.isEmpty()) {
      return Verdict.reject(LedgerCode.ORDER_NOT_SUPPORTED, p.far().family().type());
    }
    Claim claim = new Claim(path.get(), body.value(), body.proof());
    long confirmations = p.far().record().confirmations();
    Verdict<ProvenFact> proven =
        body.value().isEmpty()
            ? Clients.proveAbsent(x, p.far(), claim, confirmations)
            : Clients.prove(x, p.far(), claim, confirmations);
    return proven.then(
        fact -> {
          if (fact.block().height() != body.height()) {
            return Verdict.reject(LedgerCode.CLIENT_FAULT, "a fact of another block");
          }
          return notReceived(p.rules(), p.packet(), fact);
        });
  }

  /** Where it stands whether a packet was received; empty for an order that is not supported. */
  static Optional<Bytes> path(TimeoutRules rules, Packet packet, long height) {
    Lane lane = packet.lane();
    return Lanes.isOrdered(lane)
        ? rules.lastReceived(lane.destinationApp(), lane.hash(), height)
        : Optional.of(rules.receipt(lane.destinationApp(), packet.id(), height));
  }

  /** Accepts a fact about {@link #path} that says that the packet was not received. */
  static Verdict<ProvenFact> notReceived(TimeoutRules rules, Packet packet, ProvenFact fact) {
    if (!Lanes.isOrdered(packet.lane())) {
      return fact.value().isEmpty()
          ? Verdict.accept(fact)
          : Verdict.reject(LedgerCode.PACKET_RECEIVED, "there is a receipt");
    }
    return Clients.guarded(() -> rules.sequence(fact.value()))
        .then(
            last ->
                last < packet.sequence()
                    ? Verdict.accept(fact)
                    : Verdict.reject(LedgerCode.PACKET_RECEIVED, "received up to " + last));
  }

  private static void record(Execution x, Pending p) {
    Packet packet = p.packet();
    Hash32 id = packet.id();
    Custody.failed(x, p.route(), p.record());
    x.put(StateKeys.packet(id), p.record().with(PacketRecord.State.TIMED_OUT).encode());
    TransferRecord transfer = x.view().transfer(p.record().transferId()).orElseThrow();
    x.put(
        StateKeys.transfer(p.record().transferId()),
        transfer.with(TransferRecord.State.REFUNDABLE).encode());
    x.emit(new LedgerEvent.PacketTimedOut(id, p.record().transferId()));
    switch (packet.lane().ordering()) {
      case UNORDERED -> {}
      case ORDERED_ALLOW_TIMEOUT -> Lanes.ended(x, packet);
      case ORDERED -> {
        if (Lanes.open(x.view(), p.route()).isAccepted()) {
          Lanes.close(x, packet.lane(), LaneRecord.Cause.TIMEOUT);
        }
      }
    }
  }
}
