package dev.trestle.relay.ledger;

import dev.trestle.base.Amount;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.lightclient.MessageRules;
import dev.trestle.lightclient.MessageRules.ChainMessage;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.relay.ledger.record.BurnRecord;
import dev.trestle.relay.ledger.record.PacketRecord;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.RouteSupply;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.SupplyRecord;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.List;
import java.util.Optional;

/** Proven messages of bridge contracts. */
final class Messages {
  private Messages() {}

  static Outcome submit(Execution x, TransactionBody.SubmitMessage body) {
    Verdict<Clients.Usable> usable = Clients.carrying(x, body.chain());
    if (!(usable instanceof Verdict.Accepted<Clients.Usable>(Clients.Usable chain))) {
      return Outcome.refuse(usable);
    }
    Optional<MessageRules> rules = chain.family().messages();
    if (rules.isEmpty() || chain.record().bridgeContract().isEmpty()) {
      return Outcome.refuse(LedgerCode.NO_CONTRACT, body.chain().toString());
    }
    Verdict<ProvenFact> proven =
        Clients.prove(x, chain, body.claim(), chain.record().confirmations());
    if (!(proven instanceof Verdict.Accepted<ProvenFact>(ProvenFact fact))) {
      return Outcome.refuse(proven);
    }
    // The emitter is the registered contract, never one that the transaction names.
    Verdict<ChainMessage> read =
        Clients.guarded(() -> rules.get().read(fact, chain.record().bridgeContract().get()));
    if (!(read instanceof Verdict.Accepted<ChainMessage>(ChainMessage message))) {
      return Outcome.refuse(read);
    }
    return switch (message) {
      case ChainMessage.PacketReceived received -> acknowledge(x, chain, received);
      case ChainMessage.TransferSent sent -> burn(x, chain, sent);
    };
  }

  private static Outcome acknowledge(
      Execution x, Clients.Usable chain, ChainMessage.PacketReceived received) {
    Optional<PacketRecord> found = x.view().packet(received.packetId());
    if (found.isEmpty()) {
      return Outcome.refuse(LedgerCode.UNKNOWN_PACKET, received.packetId().toHex());
    }
    PacketRecord packet = found.get();
    RouteRecord route = x.view().route(packet.routeId()).orElseThrow();
    if (!packet.packet().lane().destination().equals(chain.chain())) {
      return Outcome.refuse(LedgerCode.WRONG_DESTINATION, chain.chain().toString());
    }
    if (x.isPaused(route)) {
      return Outcome.refuse(LedgerCode.PAUSED, packet.routeId().toHex());
    }
    if (packet.sentAt() >= x.block().height()) {
      return Outcome.refuse(LedgerCode.UNKNOWN_PACKET, "its block is not certified yet");
    }
    if (packet.state() != PacketRecord.State.SENT) {
      return Outcome.refuse(
          packet.state() == PacketRecord.State.TIMED_OUT
              ? LedgerCode.ALREADY_TIMED_OUT
              : LedgerCode.ALREADY_ACKNOWLEDGED,
          received.packetId().toHex());
    }
    Verdict<Long> turn = Lanes.inTurn(x.view(), packet.packet());
    if (!turn.isAccepted()) {
      return Outcome.refuse(turn);
    }
    boolean success = received.success();
    Amount amount = packet.amount();
    PacketRecord next =
        packet.with(success ? PacketRecord.State.ACKNOWLEDGED : PacketRecord.State.FAILED);
    x.put(StateKeys.packet(received.packetId()), next.encode());
    Lanes.ended(x, packet.packet());
    if (success) {
      Custody.supply(x, route.asset(), (SupplyRecord supply) -> supply.delivered(amount));
      Custody.routeSupply(
          x,
          packet.routeId(),
          supply -> new RouteSupply(supply.inFlight().minus(amount), supply.minted().plus(amount)));
    } else {
      Custody.failed(x, route, packet);
    }
    TransferRecord transfer = x.view().transfer(packet.transferId()).orElseThrow();
    TransferRecord.State state =
        success ? TransferRecord.State.DELIVERED : TransferRecord.State.REFUNDABLE;
    x.put(StateKeys.transfer(packet.transferId()), transfer.with(state).encode());
    x.emit(new LedgerEvent.PacketAcknowledged(received.packetId(), success, packet.transferId()));
    return Outcome.APPLIED;
  }

  private static Outcome burn(Execution x, Clients.Usable chain, ChainMessage.TransferSent sent) {
    Optional<RouteRecord> found = x.view().routeBack(sent.lane(), sent.assetId());
    if (found.isEmpty()) {
      return Outcome.refuse(LedgerCode.UNKNOWN_ROUTE, sent.lane().toHex());
    }
    RouteRecord route = found.get();
    boolean ours =
        route.destination().equals(chain.chain())
            && chain.record().bridgeContract().equals(Optional.of(route.contract()));
    if (!ours) {
      return Outcome.refuse(LedgerCode.CONTRACT_MISMATCH, route.contract().toHex());
    }
    if (x.isPaused(route)) {
      return Outcome.refuse(LedgerCode.PAUSED, route.id().toHex());
    }
    if (x.view().burn(sent.lane(), sent.sequence()).isPresent()) {
      return Outcome.refuse(
          LedgerCode.ALREADY_EXECUTED, sent.lane().toHex() + " " + sent.sequence());
    }
    if (sent.sequence() < 1 || sent.amount().isZero()) {
      return Outcome.refuse(LedgerCode.NOT_OUR_MESSAGE, "sequence or amount is zero");
    }
    // an ordered lane is ordered in both directions
    long received = x.view().sequence(sent.lane());
    if (Lanes.isOrdered(route.lane()) && sent.sequence() != received + 1) {
      return Outcome.refuse(
          LedgerCode.OUT_OF_ORDER, "sequence " + sent.sequence() + " after " + received);
    }
    if (sent.amount().isMoreThan(x.view().routeSupply(route.id()).minted())) {
      return Outcome.refuse(LedgerCode.BURN_EXCEEDS_MINTED, sent.amount().toString());
    }
    Optional<CustodyRules> rules =
        x.view().family(route.home()).flatMap(LightClientFamily::custody);
    if (rules.isEmpty()) {
      return Outcome.refuse(LedgerCode.NO_CUSTODY, route.home().toString());
    }
    ReleaseRecord release = release(x, route, rules.get(), sent);
    x.put(
        StateKeys.burn(sent.lane(), sent.sequence()),
        new BurnRecord(route.id(), sent.amount(), release.id()).encode());
    if (Lanes.isOrdered(route.lane())) {
      x.putNumber(StateKeys.sequence(sent.lane()), sent.sequence());
    }
    Custody.supply(x, route.asset(), (SupplyRecord supply) -> supply.burned(sent.amount()));
    Custody.routeSupply(
        x,
        route.id(),
        supply -> new RouteSupply(supply.inFlight(), supply.minted().minus(sent.amount())));
    x.emit(new LedgerEvent.BurnAccepted(sent.lane(), sent.sequence(), sent.amount(), release.id()));
    Releases.enqueue(x, release);
    return Outcome.APPLIED;
  }

  /** Burned is burned: what cannot be paid out is recorded and stays backed. */
  private static ReleaseRecord release(
      Execution x, RouteRecord route, CustodyRules rules, ChainMessage.TransferSent sent) {
    Hash32 cause =
        Digests.sha256(new CanonicalWriter().hash(sent.lane()).u64(sent.sequence()).toBytes());
    boolean payable =
        Custody.isPayable(x, rules, route.home(), sent.recipient())
            && !sent.amount().isLessThan(route.minTransfer().minus(route.custodyFee()));
    return new ReleaseRecord(
        ReleaseRecord.Kind.WITHDRAWAL,
        route.id(),
        route.home(),
        sent.recipient(),
        sent.amount(),
        cause,
        x.block().height(),
        x.block().timeMillis(),
        payable ? ReleaseRecord.State.QUEUED : ReleaseRecord.State.UNPAYABLE,
        Optional.empty(),
        List.of(),
        Optional.empty());
  }
}
