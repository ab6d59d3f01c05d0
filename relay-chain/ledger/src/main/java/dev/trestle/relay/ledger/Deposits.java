package dev.trestle.relay.ledger;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.lightclient.packet.TransferPayload;
import dev.trestle.relay.ledger.record.CoinRecord;
import dev.trestle.relay.ledger.record.LaneRecord;
import dev.trestle.relay.ledger.record.PacketRecord;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.RouteSupply;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.SupplyRecord;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Crediting of proven deposits, and their packets once they are swept. */
class Deposits {
  Outcome submit(Execution x, TransactionBody.SubmitDeposit body) {
    return submit(
        x, body.transferId(), way -> Evidence.byClient(x, way.home(), way.route(), body.claim()));
  }

  Outcome submit(Execution x, TransactionBody.SubmitAttestedDeposit body) {
    return submit(
        x,
        body.transferId(),
        way -> Evidence.byAll(x, way.home(), way.route(), body.claim(), body.attestations()));
  }

  private Outcome submit(
      Execution x, Hash32 transferId, Function<Transfers.Way, Verdict<ProvenFact>> evidence) {
    Optional<TransferRecord> found = x.view().transfer(transferId);
    if (found.isEmpty()) {
      return Outcome.refuse(LedgerCode.UNKNOWN_TRANSFER, transferId.toHex());
    }
    TransferRecord transfer = found.get();
    if (!isOpen(transfer)) {
      return transfer.state() == TransferRecord.State.EXPIRED
          ? expired(transfer)
          : Outcome.refuse(LedgerCode.TRANSFER_NOT_OPEN, transfer.state().name());
    }
    if (isOver(x, transfer)) {
      return expired(transfer);
    }
    Verdict<Transfers.Way> way = Transfers.way(x, transfer.routeId());
    if (!(way instanceof Verdict.Accepted<Transfers.Way>(Transfers.Way w))) {
      return Outcome.refuse(way);
    }
    // an uncredited deposit is its depositor's: it takes it back when the delay is over
    Verdict<LaneRecord> open = Lanes.open(x.view(), w.route());
    if (!open.isAccepted()) {
      return Outcome.refuse(open);
    }
    // Headers stop in a pause, and anybody may bring only the first of those that are missing: by
    // an old head a deposit looks young that its depositor has taken back already.
    if (!Clients.isCurrent(x, w.home())) {
      return Outcome.refuse(LedgerCode.CLIENT_STALE, w.route().home().toString());
    }
    Verdict<ProvenFact> proven = evidence.apply(w);
    if (!(proven instanceof Verdict.Accepted<ProvenFact>(ProvenFact fact))) {
      return Outcome.refuse(proven);
    }
    Verdict<CustodyRules.Coin> paid = coin(x, w, transfer, fact.value());
    if (!(paid instanceof Verdict.Accepted<CustodyRules.Coin>(CustodyRules.Coin coin))) {
      return Outcome.refuse(paid);
    }
    if (isCredited(x, w.route(), coin)) {
      return Outcome.refuse(LedgerCode.ALREADY_CREDITED, coin.txId().toHex());
    }
    CoinRecord record =
        new CoinRecord(
            w.route().home(),
            coin,
            fact.block().height(),
            transfer.refundDelay(),
            Optional.empty());
    if (w.home().head().height() >= record.creditableBelow()) {
      return Outcome.refuse(
          LedgerCode.DEPOSIT_TOO_OLD, "its depositor could take it back too soon");
    }
    if (!Flows.takeIn(x, w.home().record(), w.route().asset(), coin.amount())) {
      return Outcome.refuse(LedgerCode.LIMIT_EXCEEDED, "inflow of " + w.route().home());
    }
    credit(x, w, transfer, record);
    return Outcome.APPLIED;
  }

  /** One deposit a transfer. Overridden only by the test that seeds a double credit. */
  boolean isOpen(TransferRecord transfer) {
    return transfer.state() == TransferRecord.State.OPEN;
  }

  /** Its deposit is its depositor's, who takes it back when the refund delay is over. */
  private static Outcome expired(TransferRecord transfer) {
    return Outcome.refuse(
        LedgerCode.TRANSFER_EXPIRED, "at " + Instant.ofEpochMilli(transfer.expiresAtMillis()));
  }

  /** Also before the end of a block has said so. Overridden only by the test of a late credit. */
  boolean isOver(Execution x, TransferRecord transfer) {
    return transfer.isOver(x.block().timeMillis());
  }

  /** One credit an outpoint. Overridden only by the test that seeds a double credit. */
  boolean isCredited(Execution x, RouteRecord route, CustodyRules.Coin coin) {
    return x.view().creditedTo(route.home(), coin.txId(), coin.outputIndex()).isPresent();
  }

  /** The first output that pays the transfer's own lock enough. */
  private static Verdict<CustodyRules.Coin> coin(
      Execution x, Transfers.Way way, TransferRecord transfer, Bytes transaction) {
    RouteRecord route = way.route();
    CustodyRules rules = way.rules();
    Verdict<List<CustodyRules.Coin>> paid =
        Clients.guarded(
            () ->
                rules
                    .depositLock(route.home(), x.committee(), Transfers.terms(transfer))
                    .then(lock -> rules.coinsPaidTo(transaction, lock)));
    return paid.then(
        coins -> {
          boolean outOfLimits = false;
          for (CustodyRules.Coin coin : coins) {
            boolean fits =
                !coin.amount().isLessThan(transfer.amount())
                    && !coin.amount().isMoreThan(route.maxTransfer());
            if (fits) {
              return Verdict.accept(coin);
            }
            outOfLimits = true;
          }
          return outOfLimits
              ? Verdict.reject(
                  LedgerCode.AMOUNT_OUT_OF_LIMITS, transfer.amount() + " to " + route.maxTransfer())
              : Verdict.reject(LedgerCode.NO_DEPOSIT, "nothing is paid to the transfer's lock");
        });
  }

  /**
   * Books a proven deposit. No packet goes out for it yet: as long as the coin is not swept, its
   * depositor could have it back and the tokens as well.
   */
  private static void credit(
      Execution x, Transfers.Way way, TransferRecord transfer, CoinRecord record) {
    RouteRecord route = way.route();
    CustodyRules.Coin coin = record.coin();
    Amount credited = coin.amount().minus(route.custodyFee());
    Custody.put(x, record);
    x.put(StateKeys.credited(route.home(), coin.txId(), coin.outputIndex()), transfer.id().bytes());
    Custody.supply(
        x, route.asset(), (SupplyRecord supply) -> supply.deposited(credited, route.custodyFee()));
    Custody.routeSupply(
        x,
        transfer.routeId(),
        supply -> new RouteSupply(supply.inFlight().plus(credited), supply.minted()));
    TransferRecord.Deposit deposit =
        new TransferRecord.Deposit(
            coin.txId(),
            coin.outputIndex(),
            coin.amount(),
            credited,
            record.height(),
            Optional.empty());
    TransferRecord next =
        transfer.with(TransferRecord.State.CREDITED, Optional.of(deposit), Optional.empty());
    OpenTransfers.closed(x, next);
    x.emit(
        new LedgerEvent.DepositCredited(transfer.id(), coin.txId(), coin.outputIndex(), credited));
  }

  /**
   * Sends the packet of a deposit whose sweep was proven. Also on a lane that was closed since the
   * deposit was credited: the packet ends there like those in flight.
   */
  static void send(Execution x, RouteRecord route, HeaderRef destination, TransferRecord transfer) {
    TransferRecord.Deposit deposit = transfer.deposit().orElseThrow();
    Packet packet = packet(x, route, destination, transfer, deposit.credited());
    Hash32 packetId = packet.id();
    int leaf = x.send(packet);
    x.put(
        StateKeys.packet(packetId),
        new PacketRecord(
                packet,
                PacketRecord.State.SENT,
                x.block().height(),
                leaf,
                transfer.id(),
                transfer.routeId(),
                deposit.credited())
            .encode());
    x.putNumber(StateKeys.sequence(route.lane().hash()), packet.sequence());
    TransferRecord next =
        transfer.with(
            TransferRecord.State.SENT, Optional.of(deposit.sent(packetId)), Optional.empty());
    x.put(StateKeys.transfer(transfer.id()), next.encode());
    x.emit(
        new LedgerEvent.PacketSent(
            packetId, route.lane().hash(), packet.sequence(), transfer.id()));
  }

  private static Packet packet(
      Execution x,
      RouteRecord route,
      HeaderRef destination,
      TransferRecord transfer,
      Amount amount) {
    long sequence = Math.addExact(x.view().sequence(route.lane().hash()), 1);
    TransferPayload value =
        new TransferPayload(
            TransferPayload.assetId(route.asset()), amount, transfer.recipient(), transfer.id());
    Packet.Payload payload =
        new Packet.Payload(
            Packet.Payload.Kind.TRANSFER,
            route.contract(),
            TransferPayload.ENCODING,
            TransferPayload.VERSION,
            value.encode());
    return new Packet(
        x.hubId(),
        route.lane(),
        sequence,
        route.policyHash(),
        0,
        Lanes.timeout(route, x.block(), destination),
        Packet.Fee.NONE,
        Packet.Group.NONE,
        List.of(payload));
  }
}
