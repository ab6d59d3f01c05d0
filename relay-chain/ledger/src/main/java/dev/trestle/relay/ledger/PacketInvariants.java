package dev.trestle.relay.ledger;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.lightclient.MessageRules;
import dev.trestle.lightclient.MessageRules.ChainMessage;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.TimeoutRules;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.lightclient.packet.TransferPayload;
import dev.trestle.relay.ledger.record.BurnRecord;
import dev.trestle.relay.ledger.record.ChainRecord;
import dev.trestle.relay.ledger.record.CoinRecord;
import dev.trestle.relay.ledger.record.PacketRecord;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.TransferRecord;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Packets, burns and the transfers that they belong to. */
final class PacketInvariants {
  /** What contracts can carry: sums of amounts below it stay below 2^256. */
  static final Amount MAX_AMOUNT =
      new Amount(BigInteger.ONE.shiftLeft(128).subtract(BigInteger.ONE));

  private final Step step;
  private final AccountInvariants accounts;
  private final LaneInvariants lanes;
  private final Set<Hash32> sent = new HashSet<>();

  PacketInvariants(Step step, AccountInvariants accounts, LaneInvariants lanes) {
    this.step = step;
    this.accounts = accounts;
    this.lanes = lanes;
  }

  private RouteRecord route(Hash32 routeId) {
    Optional<RouteRecord> route = step.after().route(routeId);
    StepInvariants.require(route.isPresent(), Invariant.I6, "no route " + routeId);
    return route.get();
  }

  /** Sent once; then exactly one outcome, once. */
  void packet(Bytes key, Optional<PacketRecord> was, Optional<PacketRecord> now) {
    StepInvariants.require(now.isPresent(), Invariant.I2, "a packet was removed");
    PacketRecord packet = now.get();
    RouteRecord route = route(packet.routeId());
    Check check = new Check(packet.routeId());
    check.that(
        key.equals(StateKeys.packet(packet.packet().id())),
        Invariant.I6,
        "packet under another id");
    check.that(!step.isPaused(route), Invariant.I15, "a packet in a pause");
    if (was.isEmpty()) {
      created(check, route, packet);
    } else {
      ended(check, route, was.get(), packet);
    }
  }

  private void created(Check check, RouteRecord route, PacketRecord record) {
    Packet packet = record.packet();
    check.that(record.state() == PacketRecord.State.SENT, Invariant.I3, "a packet skipped sending");
    check.that(
        packet.policyHash().equals(route.policyHash())
            && packet.lane().equals(route.lane())
            && packet.hubId().equals(step.hubId()),
        Invariant.I5,
        "policy, lane or hub is not the route's");
    check.that(packet.group().equals(Packet.Group.NONE), Invariant.I11, "a packet of a group");
    HeaderRef head = step.before().head(route.destination()).orElseThrow();
    check.that(
        packet.timeout().equals(Lanes.timeout(route, step.block(), head)),
        Invariant.I5,
        "the timeout is not the route's");
    lanes.sent(packet);
    Optional<TransferRecord> transfer = step.after().transfer(record.transferId());
    Optional<TransferRecord.Deposit> deposit = transfer.flatMap(TransferRecord::deposit);
    check.that(deposit.isPresent(), Invariant.I1, "a packet of no deposit");
    check.that(isSwept(route, deposit.get()), Invariant.I1, "a packet before its deposit is swept");
    check.that(
        deposit.get().packetId().equals(Optional.of(packet.id()))
            && step.before()
                .transfer(record.transferId())
                .filter(before -> before.state() == TransferRecord.State.CREDITED)
                .isPresent(),
        Invariant.I2,
        "a packet of another deposit");
    carries(check, route, record, transfer.get(), deposit.get());
    sent.add(packet.id());
  }

  /** Whether this step proved the sweep that took the coin out of its depositor's reach. */
  private boolean isSwept(RouteRecord route, TransferRecord.Deposit deposit) {
    return step.after().coin(route.home(), deposit.txId(), deposit.outputIndex()).isEmpty()
        && step.before()
            .coin(route.home(), deposit.txId(), deposit.outputIndex())
            .flatMap(CoinRecord::reservedFor)
            .flatMap(step.after()::release)
            .filter(release -> release.kind() == ReleaseRecord.Kind.SWEEP)
            .filter(release -> release.state() == ReleaseRecord.State.SETTLED)
            .isPresent();
  }

  /** The payload, the record and the transfer name one amount. */
  private void carries(
      Check check,
      RouteRecord route,
      PacketRecord record,
      TransferRecord transfer,
      TransferRecord.Deposit deposit) {
    check.that(
        deposit.credited().equals(record.amount()), Invariant.I17, "a packet of another amount");
    List<Packet.Payload> payloads = record.packet().payloads();
    TransferPayload expected =
        new TransferPayload(
            TransferPayload.assetId(route.asset()),
            record.amount(),
            transfer.recipient(),
            record.transferId());
    check.that(
        payloads.size() == 1 && payloads.getFirst().value().equals(expected.encode()),
        Invariant.I6,
        "the packet carries something else");
  }

  private void ended(Check check, RouteRecord route, PacketRecord old, PacketRecord packet) {
    check.that(
        old.state() == PacketRecord.State.SENT && packet.state() != PacketRecord.State.SENT,
        Invariant.I3,
        "a packet ended twice");
    check.that(old.with(packet.state()).equals(packet), Invariant.I2, "a packet was altered");
    check.that(packet.sentAt() < step.block().height(), Invariant.I2, "not certified yet");
    if (packet.state() == PacketRecord.State.TIMED_OUT) {
      timedOut(check, route, packet.packet());
    } else {
      ChainMessage expected =
          new ChainMessage.PacketReceived(
              packet.packet().id(), packet.state() == PacketRecord.State.ACKNOWLEDGED);
      check.that(
          said(check, route, "a packet ended without proof").equals(Optional.of(expected)),
          Invariant.I6,
          "the destination said something else");
    }
    lanes.ended(packet.packet(), packet.state() == PacketRecord.State.TIMED_OUT);
    Hash32 asset = accounts.asset(packet.routeId());
    accounts.recomputed().subtract(asset, AccountDeltas.Account.IN_FLIGHT, packet.amount());
    accounts.recomputed().add(asset, account(packet.state()), packet.amount());
  }

  /** Where the value of a packet stands. */
  static AccountDeltas.Account account(PacketRecord.State state) {
    return switch (state) {
      case SENT -> AccountDeltas.Account.IN_FLIGHT;
      case ACKNOWLEDGED -> AccountDeltas.Account.MINTED;
      case FAILED, TIMED_OUT -> AccountDeltas.Account.REFUNDABLE;
    };
  }

  /** That it was not received, and that the block is past the timeout, read once more. */
  private void timedOut(Check check, RouteRecord route, Packet packet) {
    Optional<ProvenFact> found = step.fact(route.destination(), 1);
    check.that(found.isPresent(), Invariant.I1, "a packet timed out without proof");
    ProvenFact fact = found.get();
    check.that(packet.timeout().isPast(fact.block()), Invariant.I3, "a timeout before its time");
    Optional<TimeoutRules> rules =
        step.before().family(route.destination()).flatMap(LightClientFamily::timeouts);
    check.that(
        rules
            .filter(known -> known.clocks().contains(packet.timeout().clock()))
            .filter(
                known ->
                    Timeouts.path(known, packet, fact.block().height())
                        .equals(Optional.of(fact.path())))
            .filter(known -> Timeouts.notReceived(known, packet, fact).isAccepted())
            .isPresent(),
        Invariant.I6,
        "the fact does not say that the packet was not received");
  }

  /** What the route's contract said, read once more from the proven fact. */
  private Optional<ChainMessage> said(Check check, RouteRecord route, String otherwise) {
    Optional<ProvenFact> fact = step.fact(route.destination(), 1);
    check.that(fact.isPresent(), Invariant.I1, otherwise);
    Optional<MessageRules> rules =
        step.before().family(route.destination()).flatMap(family -> family.messages());
    Optional<Bytes> contract =
        step.before().chain(route.destination()).flatMap(ChainRecord::bridgeContract);
    check.that(contract.equals(Optional.of(route.contract())), Invariant.I5, "another contract");
    return rules.flatMap(
        known ->
            Clients.guarded(() -> known.read(fact.get(), route.contract()))
                    instanceof Verdict.Accepted<ChainMessage>(ChainMessage message)
                ? Optional.of(message)
                : Optional.empty());
  }

  void burn(Bytes key, BurnRecord burn) {
    RouteRecord route = route(burn.routeId());
    Check check = new Check(burn.routeId());
    check.that(!step.isPaused(route), Invariant.I15, "a burn in a pause");
    Optional<ReleaseRecord> release = step.after().release(burn.releaseId());
    check.that(
        release
            .filter(each -> each.kind() == ReleaseRecord.Kind.WITHDRAWAL)
            .filter(each -> each.amount().equals(burn.amount()))
            .isPresent(),
        Invariant.I4,
        "a burn without its release");
    check.that(!burn.amount().isZero(), Invariant.I17, "a burn of nothing");
    Optional<ChainMessage> said = said(check, route, "a burn without proof");
    check.that(
        said.isPresent()
            && said.get() instanceof ChainMessage.TransferSent message
            && message.amount().equals(burn.amount())
            && message.recipient().equals(release.get().script())
            && message.assetId().equals(accounts.asset(burn.routeId()))
            && message.lane().equals(route.lane().reverse().hash())
            && key.equals(StateKeys.burn(message.lane(), message.sequence())),
        Invariant.I6,
        "the destination said something else");
    lanes.burned(route.lane().reverse(), ((ChainMessage.TransferSent) said.get()).sequence());
    accounts
        .recomputed()
        .subtract(accounts.asset(burn.routeId()), AccountDeltas.Account.MINTED, burn.amount());
  }

  void transfer(Bytes key, Optional<TransferRecord> was, Optional<TransferRecord> now) {
    StepInvariants.require(now.isPresent(), Invariant.I2, "a transfer was removed");
    TransferRecord transfer = now.get();
    Check check = new Check(transfer.routeId());
    check.that(key.equals(StateKeys.transfer(transfer.id())), Invariant.I6, "transfer key");
    if (was.isEmpty()) {
      check.that(
          transfer.state() == TransferRecord.State.OPEN && transfer.deposit().isEmpty(),
          Invariant.I2,
          "a transfer skipped its deposit");
      check.that(!step.isPaused(route(transfer.routeId())), Invariant.I15, "a transfer in a pause");
      return;
    }
    TransferRecord old = was.get();
    check.that(keepsDeposit(old, transfer), Invariant.I2, "another deposit for a transfer");
    check.that(
        old.with(transfer.state(), transfer.deposit(), transfer.releaseId()).equals(transfer),
        Invariant.I5,
        "the terms of a transfer were changed");
    boolean follows =
        switch (old.state()) {
          case OPEN ->
              transfer.state() == TransferRecord.State.CREDITED
                  || transfer.state() == TransferRecord.State.EXPIRED;
          case CREDITED ->
              transfer.state() == TransferRecord.State.SENT
                  || transfer.state() == TransferRecord.State.TAKEN_BACK;
          case SENT ->
              transfer.state() == TransferRecord.State.DELIVERED
                  || transfer.state() == TransferRecord.State.REFUNDABLE;
          case REFUNDABLE -> transfer.state() == TransferRecord.State.REFUNDING;
          case REFUNDING -> transfer.state() == TransferRecord.State.REFUNDED;
          case DELIVERED, REFUNDED, EXPIRED, TAKEN_BACK -> false;
        };
    check.that(follows, Invariant.I3, old.state() + " to " + transfer.state());
    if (transfer.state() == TransferRecord.State.CREDITED) {
      credited(check, transfer);
    } else if (transfer.state() == TransferRecord.State.TAKEN_BACK) {
      takenBack(check, transfer);
    } else if (transfer.state() == TransferRecord.State.SENT) {
      check.that(
          transfer
              .deposit()
              .flatMap(TransferRecord.Deposit::packetId)
              .filter(packet -> step.before().packet(packet).isEmpty())
              .flatMap(step.after()::packet)
              .isPresent(),
          Invariant.I2,
          "a transfer is sent without its packet");
    }
  }

  /** Only the packet is added, once, when the coin is swept. */
  private static boolean keepsDeposit(TransferRecord old, TransferRecord now) {
    if (old.deposit().isEmpty()) {
      return true;
    }
    TransferRecord.Deposit before = old.deposit().get();
    Optional<TransferRecord.Deposit> expected =
        now.deposit()
            .flatMap(TransferRecord.Deposit::packetId)
            .filter(packet -> before.packetId().isEmpty())
            .map(before::sent)
            .or(old::deposit);
    return now.deposit().equals(expected);
  }

  /** A deposit was booked: proven as its route demands, once, and with its fee. */
  private void credited(Check check, TransferRecord transfer) {
    RouteRecord route = route(transfer.routeId());
    check.that(!step.isPaused(route), Invariant.I15, "a credit in a pause");
    lanes.credited(route.lane().hash());
    Optional<ProvenFact> fact = step.evidence(route.home(), route.confirmations());
    check.that(fact.isPresent(), Invariant.I1, "a credit without a proven deposit");
    check.that(
        Evidence.holds(route, step.facts(), step.attested(), fact.get()),
        Invariant.I5,
        "the evidence does not satisfy the policy");
    check.that(
        transfer.deposit().filter(paid -> paid.packetId().isEmpty()).isPresent(),
        Invariant.I1,
        "a credit of no deposit");
    TransferRecord.Deposit deposit = transfer.deposit().get();
    check.that(
        step.after()
            .creditedTo(route.home(), deposit.txId(), deposit.outputIndex())
            .equals(Optional.of(transfer.id())),
        Invariant.I2,
        "the deposit is credited to something else");
    check.that(
        !deposit.credited().isZero()
            && !deposit.credited().isMoreThan(MAX_AMOUNT)
            && deposit.amount().equals(deposit.credited().plus(route.custodyFee())),
        Invariant.I17,
        "credit and fee are not the deposit");
    Hash32 asset = accounts.asset(transfer.routeId());
    accounts.recomputed().add(asset, AccountDeltas.Account.IN_FLIGHT, deposit.credited());
    accounts.recomputed().add(asset, AccountDeltas.Account.LOCKED, deposit.credited());
  }

  /**
   * A credit was reversed: its coin was there, unswept, and a proven transaction spends it that is
   * not its sweep.
   */
  private void takenBack(Check check, TransferRecord transfer) {
    RouteRecord route = route(transfer.routeId());
    check.that(!step.isPaused(route), Invariant.I15, "a take-back in a pause");
    TransferRecord.Deposit deposit = transfer.deposit().orElseThrow();
    check.that(deposit.packetId().isEmpty(), Invariant.I2, "a deposit taken back and sent");
    Optional<CoinRecord> coin =
        step.before().coin(route.home(), deposit.txId(), deposit.outputIndex());
    check.that(
        coin.filter(CoinRecord::isDeposit).isPresent()
            && step.after().coin(route.home(), deposit.txId(), deposit.outputIndex()).isEmpty(),
        Invariant.I2,
        "a deposit taken back that is swept or still there");
    Optional<ProvenFact> fact = step.fact(route.home(), route.confirmations());
    check.that(fact.isPresent(), Invariant.I1, "a deposit taken back without proof");
    Optional<ReleaseRecord> sweep =
        coin.flatMap(CoinRecord::reservedFor).flatMap(step.before()::release);
    Verdict<CustodyRules.Coin> foreign =
        Clients.guarded(
            () ->
                TakeBacks.foreignSpend(
                    step.before()
                        .family(route.home())
                        .flatMap(LightClientFamily::custody)
                        .orElseThrow(),
                    fact.get().value(),
                    coin.get().coin(),
                    sweep));
    check.that(foreign.isAccepted(), Invariant.I6, "the proven transaction took nothing back");
    check.that(
        sweep
            .map(ReleaseRecord::id)
            .flatMap(step.after()::release)
            .filter(release -> release.state() != ReleaseRecord.State.VOID)
            .isEmpty(),
        Invariant.I2,
        "a sweep of nothing goes on");
    Hash32 asset = accounts.asset(transfer.routeId());
    accounts.recomputed().subtract(asset, AccountDeltas.Account.IN_FLIGHT, deposit.credited());
    accounts.recomputed().subtract(asset, AccountDeltas.Account.LOCKED, deposit.credited());
  }

  /** The outbox holds each packet that came into being, once, and nothing else. */
  void outbox() {
    Set<Hash32> ids = new HashSet<>();
    step.packets().forEach(packet -> ids.add(packet.id()));
    StepInvariants.require(
        ids.size() == step.packets().size() && ids.equals(sent),
        Invariant.I2,
        "the outbox is not what was sent");
  }

  /** Pauses the route when something does not hold. */
  private record Check(Hash32 routeId) {
    void that(boolean holds, Invariant invariant, String otherwise) {
      StepInvariants.requireFor(new PauseSubject.Route(routeId), holds, invariant, otherwise);
    }
  }
}
