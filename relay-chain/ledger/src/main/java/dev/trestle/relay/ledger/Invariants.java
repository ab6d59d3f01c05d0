package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.lightclient.packet.TransferPayload;
import dev.trestle.relay.ledger.record.BurnRecord;
import dev.trestle.relay.ledger.record.ChainRecord;
import dev.trestle.relay.ledger.record.CoinRecord;
import dev.trestle.relay.ledger.record.PacketRecord;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.RouteSupply;
import dev.trestle.relay.ledger.record.StateKeys.Table;
import dev.trestle.relay.ledger.record.SupplyRecord;
import dev.trestle.relay.ledger.state.Overlay;
import dev.trestle.relay.ledger.state.StateHistory;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/**
 * What must hold after every block, checked from the block's writes alone: the accounts are
 * recomputed from the packets, burns, releases and coins that changed, so that a handler that books
 * wrongly, or twice, is caught. A violation stops the block.
 */
final class Invariants {
  /** Tables whose entries are written once and never changed or removed. */
  private static final Set<Table> WRITTEN_ONCE =
      Set.of(
          Table.GENESIS,
          Table.ROUTE,
          Table.ROUTE_BACK,
          Table.CUSTODY_ASSET,
          Table.CREDITED,
          Table.BURN,
          Table.SWAP,
          Table.SWAP_HASH,
          Table.SUSPENDED);

  private final LedgerView before;
  private final LedgerView after;
  private final AccountDeltas booked = new AccountDeltas();
  private final AccountDeltas recomputed = new AccountDeltas();
  private final TreeSet<ChainId> clientsWritten = new TreeSet<>();
  private final Set<Hash32> packetsSent = new HashSet<>();

  private Invariants(LedgerView before, LedgerView after) {
    this.before = before;
    this.after = after;
  }

  /**
   * @throws TrestleException with {@link LedgerCode#INVARIANT_VIOLATED}
   */
  static void check(
      Overlay block,
      SortedMap<Bytes, StateHistory.Change> changes,
      Genesis genesis,
      Families families,
      BlockContext context,
      List<Packet> outbox) {
    Invariants invariants =
        new Invariants(
            new LedgerView(block.base(), genesis, families),
            new LedgerView(block, genesis, families));
    changes.forEach(invariants::change);
    invariants.accounts();
    invariants.outbox(outbox);
    invariants.frozenClients(context);
  }

  private void change(Bytes key, StateHistory.Change change) {
    Table table = table(key);
    Optional<Bytes> was = change.before();
    Optional<Bytes> now = change.after();
    require(
        !WRITTEN_ONCE.contains(table) || (was.isEmpty() && now.isPresent()),
        "an entry of " + table + " was changed");
    switch (table) {
      case NONCE, SEQUENCE, QUEUE_END -> require(number(now) > number(was), table + " went back");
      case CHAIN -> chain(was.map(ChainRecord::decode), now.map(ChainRecord::decode));
      case CLIENT -> clientsWritten.add(chainOf(key));
      case PACKET -> packet(was.map(PacketRecord::decode), now.map(PacketRecord::decode));
      case BURN -> burn(BurnRecord.decode(now.orElseThrow()));
      case RELEASE -> release(was.map(ReleaseRecord::decode), now.map(ReleaseRecord::decode));
      case COIN -> coin(was.map(CoinRecord::decode), now.map(CoinRecord::decode));
      case SUPPLY -> supply(key, was.map(SupplyRecord::decode), now.map(SupplyRecord::decode));
      case ROUTE_SUPPLY ->
          routeSupply(key, was.map(RouteSupply::decode), now.map(RouteSupply::decode));
      case GENESIS,
          ROUTE,
          ROUTE_BACK,
          CUSTODY_ASSET,
          TRANSFER,
          CREDITED,
          RELEASE_STATE,
          QUEUE,
          COIN_FREE,
          FLOW,
          SWAP,
          SWAP_HASH,
          ATTESTATION,
          ATTESTED,
          SUSPENDED,
          PAUSE -> {}
    }
  }

  private static void chain(Optional<ChainRecord> was, Optional<ChainRecord> now) {
    require(now.isPresent(), "a chain was removed");
    if (was.isPresent()) {
      require(now.get().headHeight() >= was.get().headHeight(), "a client's height went back");
      require(
          was.get().status() == ChainRecord.Status.PROBATION
              || now.get().status() == ChainRecord.Status.ACTIVE,
          "a chain went back to probation");
    } else {
      require(
          now.get().status() == ChainRecord.Status.PROBATION
              || now.get().headHeight() >= now.get().activationHeight(),
          "a chain skipped probation");
    }
  }

  /** Sent once; then exactly one of acknowledged and failed, once. */
  private void packet(Optional<PacketRecord> was, Optional<PacketRecord> now) {
    require(now.isPresent(), "a packet was removed");
    PacketRecord packet = now.get();
    Hash32 asset = asset(packet.routeId());
    if (was.isEmpty()) {
      require(packet.state() == PacketRecord.State.SENT, "a packet skipped its sending");
      packetsSent.add(packet.packet().id());
      recomputed.add(asset, AccountDeltas.Account.IN_FLIGHT, packet.amount());
      recomputed.add(asset, AccountDeltas.Account.LOCKED, packet.amount());
      return;
    }
    require(
        was.get().state() == PacketRecord.State.SENT
            && was.get().with(packet.state()).equals(packet),
        "a packet was acknowledged twice or altered");
    recomputed.subtract(asset, AccountDeltas.Account.IN_FLIGHT, packet.amount());
    recomputed.add(
        asset,
        packet.state() == PacketRecord.State.ACKNOWLEDGED
            ? AccountDeltas.Account.MINTED
            : AccountDeltas.Account.REFUNDABLE,
        packet.amount());
  }

  private void burn(BurnRecord burn) {
    recomputed.subtract(asset(burn.routeId()), AccountDeltas.Account.MINTED, burn.amount());
    require(after.release(burn.releaseId()).isPresent(), "a burn without its release");
  }

  private void release(Optional<ReleaseRecord> was, Optional<ReleaseRecord> now) {
    require(now.isPresent(), "a release was removed");
    ReleaseRecord release = now.get();
    ReleaseRecord.State from = was.map(ReleaseRecord::state).orElse(ReleaseRecord.State.QUEUED);
    require(mayBecome(was.isEmpty(), from, release.state()), "a release went back");
    was.ifPresent(
        old ->
            require(
                old.with(
                            release.state(),
                            release.plan(),
                            release.signatures(),
                            release.transaction())
                        .equals(release)
                    && (old.plan().isEmpty() || old.plan().equals(release.plan())),
                "a release was altered"));
    if (release.kind() == ReleaseRecord.Kind.SWEEP) {
      return;
    }
    Hash32 asset = asset(release.routeId());
    if (was.isEmpty()) {
      recomputed.add(asset, AccountDeltas.Account.PENDING, release.amount());
      if (release.kind() == ReleaseRecord.Kind.REFUND) {
        recomputed.subtract(asset, AccountDeltas.Account.REFUNDABLE, release.amount());
      }
    }
    if (release.state() == ReleaseRecord.State.SETTLED) {
      recomputed.subtract(asset, AccountDeltas.Account.PENDING, release.amount());
      recomputed.subtract(asset, AccountDeltas.Account.LOCKED, release.amount());
    }
  }

  private static boolean mayBecome(
      boolean isNew, ReleaseRecord.State from, ReleaseRecord.State to) {
    return switch (from) {
      case QUEUED ->
          isNew || (to != ReleaseRecord.State.UNPAYABLE && to != ReleaseRecord.State.QUEUED);
      case PLANNED ->
          to == ReleaseRecord.State.PLANNED
              || to == ReleaseRecord.State.READY
              || to == ReleaseRecord.State.SETTLED;
      case READY -> to == ReleaseRecord.State.SETTLED;
      case SETTLED, UNPAYABLE -> false;
    };
  }

  private void coin(Optional<CoinRecord> was, Optional<CoinRecord> now) {
    was.ifPresent(
        coin ->
            recomputed.subtract(
                custodyAsset(coin.chain()), AccountDeltas.Account.COINS, coin.coin().amount()));
    now.ifPresent(
        coin ->
            recomputed.add(
                custodyAsset(coin.chain()), AccountDeltas.Account.COINS, coin.coin().amount()));
  }

  private void supply(Bytes key, Optional<SupplyRecord> was, Optional<SupplyRecord> now) {
    require(now.isPresent(), "the accounts of an asset were removed");
    require(now.get().isConserved(), "more is owed than is locked: " + now.get());
    Hash32 asset = new Hash32(key.slice(1, key.size()));
    booked.addAll(asset, now.get());
    booked.subtractAll(asset, was.orElse(SupplyRecord.NONE));
  }

  /** What routes carry and have brought adds up to what the assets' accounts say. */
  private void routeSupply(Bytes key, Optional<RouteSupply> was, Optional<RouteSupply> now) {
    require(now.isPresent(), "the accounts of a route were removed");
    Hash32 asset = asset(new Hash32(key.slice(1, key.size())));
    RouteSupply old = was.orElse(RouteSupply.NONE);
    booked.add(asset, AccountDeltas.Account.ROUTES_IN_FLIGHT, now.get().inFlight());
    booked.subtract(asset, AccountDeltas.Account.ROUTES_IN_FLIGHT, old.inFlight());
    booked.add(asset, AccountDeltas.Account.ROUTES_MINTED, now.get().minted());
    booked.subtract(asset, AccountDeltas.Account.ROUTES_MINTED, old.minted());
  }

  private void accounts() {
    recomputed.mirrorRoutes();
    booked
        .difference(recomputed)
        .ifPresent(difference -> require(false, "accounts do not add up: " + difference));
  }

  /** The outbox holds each packet that came into being, once, and nothing else. */
  private void outbox(List<Packet> outbox) {
    Set<Hash32> ids = new HashSet<>();
    outbox.forEach(packet -> ids.add(packet.id()));
    require(ids.size() == outbox.size() && ids.equals(packetsSent), "the outbox is wrong");
  }

  private void frozenClients(BlockContext context) {
    for (ChainId chain : clientsWritten) {
      require(
          before
              .clientStatus(chain, context.seconds())
              .filter(ClientStatus.FROZEN::equals)
              .isEmpty(),
          "a frozen client verified something");
    }
  }

  private Hash32 asset(Hash32 routeId) {
    return TransferPayload.assetId(
        after.route(routeId).orElseThrow(() -> violation("no such route")).asset());
  }

  private Hash32 custodyAsset(ChainId chain) {
    return TransferPayload.assetId(
        after.custodyAsset(chain).orElseThrow(() -> violation("custody of no asset")));
  }

  private static ChainId chainOf(Bytes clientKey) {
    CanonicalReader in = new CanonicalReader(clientKey.slice(1, clientKey.size()));
    return ChainId.parse(in.text(41));
  }

  private static long number(Optional<Bytes> value) {
    return value.map(bytes -> CanonicalReader.decode(bytes, in -> in.u64())).orElse(0L);
  }

  private static Table table(Bytes key) {
    for (Table table : Table.values()) {
      if (table.code() == key.at(0)) {
        return table;
      }
    }
    throw violation("a key of no table");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw violation(otherwise);
    }
  }

  private static TrestleException violation(String what) {
    return new TrestleException(LedgerCode.INVARIANT_VIOLATED, what);
  }
}
