package dev.trestle.relay.ledger;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.packet.TransferPayload;
import dev.trestle.relay.ledger.record.BurnRecord;
import dev.trestle.relay.ledger.record.CoinRecord;
import dev.trestle.relay.ledger.record.OpenTransfer;
import dev.trestle.relay.ledger.record.PacketRecord;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.RouteSupply;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.StateKeys.Table;
import dev.trestle.relay.ledger.record.SupplyRecord;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.state.StateReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Recomputes every account and index from all records of a state: I2, I4 and I6 as a whole, without
 * trust in any block before. Reads everything once; for operators and for tests at every block.
 */
public final class LedgerAudit {
  private static final int PAGE = 1_000;

  private final LedgerView view;
  private final StateReader state;
  private final AccountDeltas booked = new AccountDeltas();
  private final AccountDeltas recomputed = new AccountDeltas();
  private final Map<Bytes, Long> open = new HashMap<>();
  private final List<String> findings = new ArrayList<>();

  private LedgerAudit(LedgerView view) {
    this.view = view;
    this.state = view.state();
  }

  /**
   * What is wrong, in words; empty when nothing is. The view must not change meanwhile: not for a
   * ledger that commits at the same time.
   */
  public static List<String> run(LedgerView view) {
    LedgerAudit audit = new LedgerAudit(view);
    audit.each(Table.PACKET, audit::packet);
    audit.each(Table.BURN, audit::burn);
    audit.each(Table.RELEASE, audit::release);
    audit.each(Table.COIN, audit::coin);
    audit.each(Table.TRANSFER, audit::transfer);
    audit.each(Table.OPEN_TRANSFER, audit::openTransfer);
    audit.each(Table.OPEN_COUNT, audit::openCount);
    audit.require(audit.open.isEmpty(), Invariant.I6, "open transfers that are not counted");
    audit.each(Table.CREDITED, audit::credited);
    audit.each(Table.RELEASE_STATE, audit::releaseState);
    audit.each(Table.QUEUE, audit::queue);
    audit.each(Table.COIN_FREE, audit::freeCoin);
    audit.each(Table.MERGING, audit::merging);
    audit.each(Table.SUPPLY, audit::supply);
    audit.each(Table.ROUTE_SUPPLY, audit::routeSupply);
    audit.recomputed.mirrorRoutes();
    audit
        .booked
        .difference(audit.recomputed)
        .ifPresent(difference -> audit.finding(Invariant.I4, difference));
    return List.copyOf(audit.findings);
  }

  private void each(Table table, BiConsumer<Bytes, Bytes> check) {
    Bytes after = Bytes.EMPTY;
    while (true) {
      List<StateReader.Entry> page = state.scan(table.prefix(), after, PAGE);
      for (StateReader.Entry entry : page) {
        check.accept(entry.key(), entry.value());
        after = entry.key();
      }
      if (page.size() < PAGE) {
        return;
      }
    }
  }

  private void finding(Invariant invariant, String what) {
    findings.add(invariant + ": " + what);
  }

  private void require(boolean holds, Invariant invariant, String otherwise) {
    if (!holds) {
      finding(invariant, otherwise);
    }
  }

  private Optional<Hash32> asset(Hash32 routeId) {
    Optional<Hash32> asset =
        view.route(routeId).map(route -> TransferPayload.assetId(route.asset()));
    require(asset.isPresent(), Invariant.I6, "no route " + routeId);
    return asset;
  }

  private void packet(Bytes key, Bytes value) {
    PacketRecord record = PacketRecord.decode(value);
    Hash32 id = record.packet().id();
    require(key.equals(StateKeys.packet(id)), Invariant.I6, "packet " + id + " under " + key);
    require(
        view.transfer(record.transferId())
            .flatMap(TransferRecord::deposit)
            .filter(deposit -> deposit.packetId().equals(Optional.of(id)))
            .filter(deposit -> deposit.credited().equals(record.amount()))
            .isPresent(),
        Invariant.I2,
        "packet " + id + " of no deposit");
    asset(record.routeId())
        .ifPresent(
            asset -> {
              recomputed.add(asset, AccountDeltas.Account.LOCKED, record.amount());
              recomputed.add(asset, PacketInvariants.account(record.state()), record.amount());
            });
  }

  private void burn(Bytes key, Bytes value) {
    BurnRecord burn = BurnRecord.decode(value);
    require(
        view.release(burn.releaseId())
            .filter(release -> release.amount().equals(burn.amount()))
            .isPresent(),
        Invariant.I4,
        "burn without its release: " + key);
    asset(burn.routeId())
        .ifPresent(
            asset -> recomputed.subtract(asset, AccountDeltas.Account.MINTED, burn.amount()));
  }

  private void release(Bytes key, Bytes value) {
    ReleaseRecord release = ReleaseRecord.decode(value);
    require(key.equals(StateKeys.release(release.id())), Invariant.I6, "release under " + key);
    require(
        state.get(StateKeys.releaseState(release.state(), release.id())).isPresent(),
        Invariant.I6,
        "release " + release.id() + " is not listed as " + release.state());
    if (!release.kind().pays()) {
      moves(release);
      return;
    }
    asset(release.routeId())
        .ifPresent(
            asset -> {
              if (release.kind() == ReleaseRecord.Kind.REFUND) {
                recomputed.subtract(asset, AccountDeltas.Account.REFUNDABLE, release.amount());
              }
              if (release.state() == ReleaseRecord.State.SETTLED) {
                recomputed.subtract(asset, AccountDeltas.Account.LOCKED, release.amount());
              } else {
                recomputed.add(asset, AccountDeltas.Account.PENDING, release.amount());
                release
                    .plan()
                    .ifPresent(
                        plan ->
                            recomputed.add(
                                asset,
                                AccountDeltas.Account.PLANNED_FEES,
                                FurtherCoins.paid(release, plan)));
              }
            });
  }

  /** A sweep or a merge: its fee is planned until it is executed, or can not be any more. */
  private void moves(ReleaseRecord release) {
    Optional<Amount> merging =
        view.value(StateKeys.merging(release.chain(), release.id()))
            .map(brings -> CanonicalReader.decode(brings, CanonicalReader::amount));
    boolean open = !release.state().isFinal();
    require(
        merging.equals(
            release
                .plan()
                .filter(plan -> open && release.kind() == ReleaseRecord.Kind.MERGE)
                .map(plan -> Merges.brings(release, plan))),
        Invariant.I6,
        "release " + release.id() + " is " + release.state() + " and brings " + merging);
    require(release.plan().isPresent(), Invariant.I2, "a move without a plan: " + release.id());
    asset(release.routeId())
        .filter(asset -> open)
        .ifPresent(
            asset ->
                release
                    .plan()
                    .ifPresent(
                        plan ->
                            recomputed.add(asset, AccountDeltas.Account.PLANNED_FEES, plan.fee())));
  }

  private void merging(Bytes key, Bytes value) {
    Hash32 id = new Hash32(key.slice(key.size() - Hash32.SIZE, key.size()));
    require(
        view.release(id)
            .filter(release -> release.kind() == ReleaseRecord.Kind.MERGE)
            .filter(release -> key.equals(StateKeys.merging(release.chain(), id)))
            .isPresent(),
        Invariant.I6,
        "what no merge brings: " + key);
  }

  private void coin(Bytes key, Bytes value) {
    CoinRecord coin = CoinRecord.decode(value);
    boolean free =
        state
            .get(
                StateKeys.freeCoin(
                    coin.chain(),
                    coin.coin().amount(),
                    coin.coin().txId(),
                    coin.coin().outputIndex()))
            .isPresent();
    require(free == coin.isFree(), Invariant.I2, "a coin is free and taken: " + key);
    coin.reservedFor()
        .ifPresent(
            id ->
                require(
                    view.release(id)
                        .filter(release -> !release.state().isFinal())
                        .filter(
                            release ->
                                coin.isDeposit() == (release.kind() == ReleaseRecord.Kind.SWEEP))
                        .isPresent(),
                    Invariant.I2,
                    "a coin is taken by no open release that may spend it: " + key));
    custodyAsset(coin.chain())
        .ifPresent(
            asset -> recomputed.add(asset, AccountDeltas.Account.COINS, coin.coin().amount()));
  }

  private Optional<Hash32> custodyAsset(ChainId chain) {
    Optional<Hash32> asset = view.custodyAsset(chain).map(TransferPayload::assetId);
    require(asset.isPresent(), Invariant.I4, "custody of no asset on " + chain);
    return asset;
  }

  private void transfer(Bytes key, Bytes value) {
    TransferRecord transfer = TransferRecord.decode(value);
    require(key.equals(StateKeys.transfer(transfer.id())), Invariant.I6, "transfer under " + key);
    boolean isOpen = transfer.state() == TransferRecord.State.OPEN;
    require(
        transfer.deposit().isPresent() == hasDeposit(transfer.state()),
        Invariant.I2,
        "transfer " + transfer.id() + " is " + transfer.state());
    require(
        state.get(OpenTransfer.of(transfer).key()).isPresent() == isOpen,
        Invariant.I6,
        "transfer " + transfer.id() + " is listed as open, or not, and is " + transfer.state());
    if (isOpen) {
      open.merge(StateKeys.openOnRoute(transfer.routeId()), 1L, Long::sum);
      open.merge(StateKeys.openOfSender(transfer.sender()), 1L, Long::sum);
    }
    boolean waits = transfer.state() == TransferRecord.State.CREDITED;
    boolean unsent = waits || transfer.state() == TransferRecord.State.TAKEN_BACK;
    transfer
        .deposit()
        .ifPresent(
            deposit ->
                require(
                    deposit.packetId().isEmpty() == unsent,
                    Invariant.I1,
                    "transfer " + transfer.id() + " is " + transfer.state() + " and its packet"));
    transfer.deposit().filter(deposit -> waits).ifPresent(deposit -> waits(transfer, deposit));
  }

  private void openTransfer(Bytes key, Bytes value) {
    OpenTransfer entry = OpenTransfer.at(key);
    require(
        view.transfer(entry.id()).map(OpenTransfer::of).equals(Optional.of(entry)),
        Invariant.I6,
        "listed as open with another end: " + entry);
  }

  /** Transfers have been counted before. */
  private void openCount(Bytes key, Bytes value) {
    long counted = CanonicalReader.decode(value, CanonicalReader::u64);
    require(
        Optional.of(counted).equals(Optional.ofNullable(open.remove(key))),
        Invariant.I6,
        counted + " open transfers under " + key);
  }

  private static boolean hasDeposit(TransferRecord.State state) {
    return state != TransferRecord.State.OPEN && state != TransferRecord.State.EXPIRED;
  }

  /** What is credited and not sent is in flight, and its coin is still to be swept. */
  private void waits(TransferRecord transfer, TransferRecord.Deposit deposit) {
    require(
        view.route(transfer.routeId())
            .flatMap(route -> view.coin(route.home(), deposit.txId(), deposit.outputIndex()))
            .filter(CoinRecord::isDeposit)
            .isPresent(),
        Invariant.I1,
        "transfer " + transfer.id() + " waits for the sweep of no deposit");
    asset(transfer.routeId())
        .ifPresent(
            asset -> {
              recomputed.add(asset, AccountDeltas.Account.LOCKED, deposit.credited());
              recomputed.add(asset, AccountDeltas.Account.IN_FLIGHT, deposit.credited());
            });
  }

  private void credited(Bytes key, Bytes value) {
    require(
        view.transfer(new Hash32(value)).flatMap(TransferRecord::deposit).isPresent(),
        Invariant.I2,
        "credited to no transfer: " + key);
  }

  private void releaseState(Bytes key, Bytes value) {
    Hash32 id = new Hash32(key.slice(2, key.size()));
    require(
        view.release(id)
            .filter(release -> key.equals(StateKeys.releaseState(release.state(), id)))
            .isPresent(),
        Invariant.I6,
        "release " + id + " is listed under another state");
  }

  private void queue(Bytes key, Bytes value) {
    require(
        view.release(new Hash32(value))
            .filter(release -> release.state() == ReleaseRecord.State.QUEUED)
            .isPresent(),
        Invariant.I6,
        "a release waits that is not queued: " + key);
  }

  private void freeCoin(Bytes key, Bytes value) {
    // behind the chain's text: amount, 32 bytes; transaction, 32 bytes; index, 4 bytes
    Bytes outpoint = key.slice(key.size() - 36, key.size());
    Bytes chain = key.slice(1, key.size() - 68);
    require(
        state.get(Bytes.concat(Table.COIN.prefix(), chain, outpoint)).isPresent(),
        Invariant.I2,
        "a free coin that is not there: " + key);
  }

  private void supply(Bytes key, Bytes value) {
    SupplyRecord supply = SupplyRecord.decode(value);
    require(supply.isConserved(), Invariant.I4, "more is owed than is locked: " + supply);
    booked.addAll(StepInvariants.hashIn(key), supply);
  }

  private void routeSupply(Bytes key, Bytes value) {
    RouteSupply supply = RouteSupply.decode(value);
    asset(StepInvariants.hashIn(key))
        .ifPresent(
            asset -> {
              booked.add(asset, AccountDeltas.Account.ROUTES_IN_FLIGHT, supply.inFlight());
              booked.add(asset, AccountDeltas.Account.ROUTES_MINTED, supply.minted());
            });
  }
}
