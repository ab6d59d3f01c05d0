package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.relay.ledger.record.BurnRecord;
import dev.trestle.relay.ledger.record.ChainRecord;
import dev.trestle.relay.ledger.record.CoinRecord;
import dev.trestle.relay.ledger.record.FlowRecord;
import dev.trestle.relay.ledger.record.LaneRecord;
import dev.trestle.relay.ledger.record.PacketRecord;
import dev.trestle.relay.ledger.record.PauseRecord;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.RouteSupply;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.StateKeys.Table;
import dev.trestle.relay.ledger.record.SupplyRecord;
import dev.trestle.relay.ledger.record.SwapRecord;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.record.TrustPolicy;
import dev.trestle.relay.ledger.state.StateHistory;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What must hold after every step of a block, checked from its writes alone and apart from the
 * handlers: a handler that books wrongly, or without proof, or while it is paused, is caught here.
 * The cost follows the writes. See {@link Invariant} for the ids.
 */
final class StepInvariants {
  /** Most entries that one step changes: more than the largest client message has headers. */
  static final int MAX_CHANGES = 65_536;

  /** Most bytes of all values of one step: a transaction's body and what is derived from it. */
  static final long MAX_VALUE_BYTES = 16_000_000;

  /** Entries that are written once and never changed or removed: effects that happen once. */
  private static final Set<Table> ONCE =
      Set.of(Table.CREDITED, Table.BURN, Table.SWAP, Table.SWAP_HASH, Table.CONVICTED);

  /** Entries that are written once: what governance fixed. */
  private static final Set<Table> FIXED =
      Set.of(Table.GENESIS, Table.ROUTE, Table.ROUTE_BACK, Table.CUSTODY_ASSET, Table.SUSPENDED);

  private final Step step;
  private final AccountInvariants accounts;
  private final LaneInvariants lanes;
  private final OpenTransferInvariants open;
  private final PacketInvariants packets;
  private final ReleaseInvariants releases;
  private final GovernanceInvariants governance;
  private final TreeSet<ChainId> clientsWritten = new TreeSet<>();

  private StepInvariants(Step step) {
    this.step = step;
    this.accounts = new AccountInvariants(step);
    this.lanes = new LaneInvariants(step);
    this.open = new OpenTransferInvariants(step);
    this.packets = new PacketInvariants(step, accounts, lanes);
    this.releases = new ReleaseInvariants(step, accounts);
    this.governance = new GovernanceInvariants(step);
  }

  /**
   * @throws InvariantViolation naming the first invariant that does not hold
   */
  static void check(Step step) {
    StepInvariants invariants = new StepInvariants(step);
    invariants.work();
    step.changes().forEach(invariants::change);
    invariants.packets.outbox();
    invariants.releases.flows();
    invariants.accounts.difference();
    invariants.open.difference();
    invariants.clients();
  }

  private void work() {
    long bytes = 0;
    for (StateHistory.Change change : step.changes().values()) {
      bytes += change.after().map(Bytes::size).orElse(0);
    }
    require(
        step.changes().size() <= MAX_CHANGES && bytes <= MAX_VALUE_BYTES,
        Invariant.I9,
        step.changes().size() + " changes of " + bytes + " bytes");
  }

  private void change(Bytes key, StateHistory.Change change) {
    Table table = table(key);
    Optional<Bytes> was = change.before();
    Optional<Bytes> now = change.after();
    require(step.tables().contains(table), Invariant.I14, "a write to " + table);
    boolean isNew = was.isEmpty() && now.isPresent();
    require(isNew || !ONCE.contains(table), Invariant.I2, "an entry of " + table + " was changed");
    require(isNew || !FIXED.contains(table), Invariant.I5, "an entry of " + table + " was changed");
    switch (table) {
      case SEQUENCE -> lanes.sequence(key, number(was), number(now));
      case QUEUE_END, NONCE ->
          require(number(now) > number(was), Invariant.I16, table + " went back");
      case CHAIN -> chain(key, was.map(ChainRecord::decode), now.map(ChainRecord::decode));
      case CLIENT -> clientsWritten.add(chainOf(key));
      case ROUTE -> route(key, RouteRecord.decode(now.orElseThrow()));
      case TRANSFER ->
          transfer(key, was.map(TransferRecord::decode), now.map(TransferRecord::decode));
      case OPEN_TRANSFER -> open.listed(key, now.isPresent());
      case OPEN_COUNT -> open.count(key, number(was), number(now));
      case PACKET ->
          packets.packet(key, was.map(PacketRecord::decode), now.map(PacketRecord::decode));
      case LANE -> lanes.lane(key, was.map(LaneRecord::decode), now.map(LaneRecord::decode));
      case BURN -> packets.burn(key, BurnRecord.decode(now.orElseThrow()));
      case RELEASE ->
          releases.release(key, was.map(ReleaseRecord::decode), now.map(ReleaseRecord::decode));
      case COIN -> releases.coin(key, was.map(CoinRecord::decode), now.map(CoinRecord::decode));
      case FLOW -> releases.flow(key, was.map(FlowRecord::decode), now.map(FlowRecord::decode));
      case SUPPLY ->
          accounts.supply(key, was.map(SupplyRecord::decode), now.map(SupplyRecord::decode));
      case ROUTE_SUPPLY ->
          accounts.routeSupply(key, was.map(RouteSupply::decode), now.map(RouteSupply::decode));
      case SWAP -> swap(key, SwapRecord.decode(now.orElseThrow()));
      case PAUSE -> pause(was.map(PauseRecord::decode), now.map(PauseRecord::decode));
      case GENESIS,
          ROUTE_BACK,
          CUSTODY_ASSET,
          CREDITED,
          RELEASE_STATE,
          QUEUE,
          COIN_FREE,
          SWAP_HASH,
          ATTESTATION,
          ATTESTED,
          SUSPENDED,
          READY,
          CONVICTED -> {}
      case MERGING -> releases.merging(key, now);
      case VALIDATORS, GOVERNANCE, COMMITTEE, PROPOSAL -> governance.change(table, key, was, now);
    }
  }

  private void transfer(Bytes key, Optional<TransferRecord> was, Optional<TransferRecord> now) {
    packets.transfer(key, was, now);
    open.transfer(was, now.orElseThrow());
  }

  private void chain(Bytes key, Optional<ChainRecord> was, Optional<ChainRecord> now) {
    require(now.isPresent(), Invariant.I8, "a chain was removed");
    ChainRecord chain = now.get();
    PauseSubject subject = new PauseSubject.Chain(chain.chain());
    requireFor(subject, key.equals(StateKeys.chain(chain.chain())), Invariant.I6, "chain key");
    requireFor(subject, chain.confirmations() >= 1, Invariant.I7, "no confirmations");
    requireFor(
        subject,
        step.isDecision() || !step.isPaused(chain.chain()),
        Invariant.I15,
        "an update in a pause");
    if (was.isPresent()) {
      ChainRecord old = was.get();
      requireFor(
          subject, chain.headHeight() >= old.headHeight(), Invariant.I8, "a height went back");
      requireFor(
          subject,
          old.status() == ChainRecord.Status.PROBATION
              || chain.status() == ChainRecord.Status.ACTIVE,
          Invariant.I8,
          "back to probation");
      requireFor(
          subject,
          step.isDecision()
              ? old.decided(chain.limits(), chain.anchorHash(), chain.headHeight()).equals(chain)
              : old.withHead(chain.headHeight()).equals(chain),
          Invariant.I5,
          "what was registered was changed");
    } else {
      requireFor(
          subject,
          chain.status() == ChainRecord.Status.PROBATION
              || chain.headHeight() >= chain.activationHeight(),
          Invariant.I7,
          "a chain skipped probation");
    }
  }

  private void route(Bytes key, RouteRecord route) {
    require(key.equals(StateKeys.route(route.id())), Invariant.I6, "route key");
    long floor =
        step.after().chain(route.home()).map(ChainRecord::confirmations).orElse(Long.MAX_VALUE);
    require(route.confirmations() >= floor, Invariant.I7, "fewer confirmations than the chain's");
    require(
        route.policy().leaves().stream()
            .allMatch(
                leaf ->
                    !(leaf instanceof TrustPolicy.LightClient client)
                        || (client.client().equals(route.home())
                            && client.confirmations() >= route.confirmations())),
        Invariant.I7,
        "a policy below the route's floor");
    require(
        !route.custodyFee().isZero()
            && !route.minTransfer().isLessThan(route.custodyFee())
            && !route.maxTransfer().isLessThan(route.minTransfer()),
        Invariant.I17,
        "limits of a route");
  }

  private void swap(Bytes key, SwapRecord swap) {
    require(key.equals(StateKeys.swap(swap.id())), Invariant.I6, "swap key");
    require(
        swap.terms().first().expirySeconds() > swap.terms().second().expirySeconds(),
        Invariant.I11,
        "the first lock expires before the second");
    require(
        !step.isPaused(swap.terms().first().asset().chain())
            && !step.isPaused(swap.terms().second().asset().chain()),
        Invariant.I15,
        "a swap in a pause");
  }

  /** One pauses; what lifts a pause is a transaction that needs a quorum. */
  private void pause(Optional<PauseRecord> was, Optional<PauseRecord> now) {
    require(now.isPresent(), Invariant.I15, "a pause was removed");
    boolean lifts = !now.get().active();
    boolean byQuorum = step.body().filter(TransactionBody.Resume.class::isInstance).isPresent();
    require(!lifts || byQuorum, Invariant.I7, "a pause was lifted without a quorum");
    long number = was.map(PauseRecord::number).orElse(0L);
    require(
        now.get().number() == (lifts ? number : number + 1), Invariant.I16, "number of a pause");
  }

  /** Whoever proved or wrote something was neither frozen nor expired, and not paused. */
  private void clients() {
    for (Step.Fact fact : step.facts()) {
      requireFor(
          new PauseSubject.Chain(fact.chain()),
          step.before()
              .clientStatus(fact.chain(), step.block().seconds())
              .filter(ClientStatus::mayVerify)
              .isPresent(),
          Invariant.I8,
          "a client that is frozen or expired proved something");
    }
    for (ChainId chain : clientsWritten) {
      requireFor(
          new PauseSubject.Chain(chain),
          step.before()
              .clientStatus(chain, step.block().seconds())
              .filter(status -> status == ClientStatus.FROZEN && !step.isDecision())
              .isEmpty(),
          Invariant.I8,
          "a frozen client was written");
    }
  }

  static Hash32 hashIn(Bytes key) {
    return new Hash32(key.slice(1, 1 + Hash32.SIZE));
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
    throw new InvariantViolation(Invariant.I14, "a key of no table", new PauseSubject.Everything());
  }

  static void require(boolean holds, Invariant invariant, String otherwise) {
    requireFor(new PauseSubject.Everything(), holds, invariant, otherwise);
  }

  /**
   * @param subject what is paused if it does not hold
   */
  static void requireFor(
      PauseSubject subject, boolean holds, Invariant invariant, String otherwise) {
    if (!holds) {
      throw new InvariantViolation(invariant, otherwise, subject);
    }
  }
}
