package dev.trestle.relay.ledger;

import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.PublicKey;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.relay.ledger.record.AttestationRecord;
import dev.trestle.relay.ledger.record.AttestedHash;
import dev.trestle.relay.ledger.record.BurnRecord;
import dev.trestle.relay.ledger.record.ChainRecord;
import dev.trestle.relay.ledger.record.CoinRecord;
import dev.trestle.relay.ledger.record.CommitteeRecord;
import dev.trestle.relay.ledger.record.ConvictionRecord;
import dev.trestle.relay.ledger.record.EquivocationRecord;
import dev.trestle.relay.ledger.record.GovernanceRecord;
import dev.trestle.relay.ledger.record.LaneRecord;
import dev.trestle.relay.ledger.record.OpenTransfer;
import dev.trestle.relay.ledger.record.PacketRecord;
import dev.trestle.relay.ledger.record.PauseRecord;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.ProposalRecord;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.RouteSupply;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.StateKeys.Table;
import dev.trestle.relay.ledger.record.SupplyRecord;
import dev.trestle.relay.ledger.record.SwapRecord;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.record.ValidatorsRecord;
import dev.trestle.relay.ledger.state.StateReader;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Typed read access to one state. Each call reads on its own: two calls may see two heights when
 * blocks are committed in between. Lists come in ascending order of their ids; {@code after} is the
 * last id of the page before.
 */
public final class LedgerView {
  /** Most items of one page. */
  public static final int MAX_PAGE = 1_000;

  private final StateReader state;
  private final Genesis genesis;
  private final Families families;

  LedgerView(StateReader state, Genesis genesis, Families families) {
    this.state = state;
    this.genesis = genesis;
    this.families = families;
  }

  public Genesis genesis() {
    return genesis;
  }

  public Optional<ChainRecord> chain(ChainId chain) {
    return state.get(StateKeys.chain(chain)).map(ChainRecord::decode);
  }

  public List<ChainRecord> chains() {
    return page(Table.CHAIN.prefix(), Bytes.EMPTY, MAX_PAGE, ChainRecord::decode);
  }

  /** The part of the state that belongs to a chain's light client; empty for unknown chains. */
  public ClientView clientView(ChainId chain) {
    Bytes prefix = StateKeys.client(chain);
    return key -> state.get(Bytes.concat(prefix, key));
  }

  /** The family of a registered chain, if this node has it. */
  public Optional<LightClientFamily> family(ChainId chain) {
    return chain(chain).flatMap(record -> families.get(record.clientType()));
  }

  /** Best header that a chain's light client knows. */
  public Optional<HeaderRef> head(ChainId chain) {
    return family(chain).map(family -> family.client().latest(clientView(chain)));
  }

  public Optional<ClientStatus> clientStatus(ChainId chain, long nowSeconds) {
    return family(chain).map(family -> family.client().status(clientView(chain), nowSeconds));
  }

  public Optional<RouteRecord> route(Hash32 routeId) {
    return state.get(StateKeys.route(routeId)).map(RouteRecord::decode);
  }

  /** All routes, however many there are. */
  public List<RouteRecord> routes() {
    return LedgerPages.<RouteRecord>all(
        (after, limit) ->
            page(
                Table.ROUTE.prefix(),
                after(Table.ROUTE, after.map(RouteRecord::id)),
                limit,
                RouteRecord::decode));
  }

  /** The route whose tokens a burn on {@code laneBack} returns. */
  public Optional<RouteRecord> routeBack(Hash32 laneBack, Hash32 assetId) {
    return hashAt(StateKeys.routeBack(laneBack, assetId)).flatMap(this::route);
  }

  /** Which asset the custody coins of a chain are. */
  public Optional<AssetId> custodyAsset(ChainId chain) {
    return state
        .get(StateKeys.custodyAsset(chain))
        .map(value -> CanonicalReader.decode(value, in -> AssetId.parse(in.text(180))));
  }

  public Optional<TransferRecord> transfer(Hash32 transferId) {
    return state.get(StateKeys.transfer(transferId)).map(TransferRecord::decode);
  }

  public List<TransferRecord> transfers(Optional<Hash32> after, int limit) {
    return page(
        Table.TRANSFER.prefix(), after(Table.TRANSFER, after), limit, TransferRecord::decode);
  }

  /**
   * Transfers that wait for their deposit, by their end, the earliest first.
   *
   * @param after the last one of the page before
   */
  public List<OpenTransfer> openTransfers(Optional<OpenTransfer> after, int limit) {
    return state
        .scan(
            Table.OPEN_TRANSFER.prefix(),
            after.map(OpenTransfer::key).orElse(Bytes.EMPTY),
            cap(limit))
        .stream()
        .map(entry -> OpenTransfer.at(entry.key()))
        .toList();
  }

  /** How many transfers of a route wait for their deposit. */
  public long openOnRoute(Hash32 routeId) {
    return number(StateKeys.openOnRoute(routeId));
  }

  /** How many transfers of a sender wait for their deposit. */
  public long openOfSender(PublicKey sender) {
    return number(StateKeys.openOfSender(sender));
  }

  /** Where the deposit of a transfer is paid, and its address for people. */
  public Optional<CustodyRules.DepositLock> depositLock(Hash32 transferId) {
    return transfer(transferId)
        .flatMap(
            transfer ->
                route(transfer.routeId()).flatMap(route -> depositLock(route.home(), transfer)));
  }

  private Optional<CustodyRules.DepositLock> depositLock(ChainId home, TransferRecord transfer) {
    return family(home)
        .flatMap(LightClientFamily::custody)
        .map(
            rules ->
                rules
                    .depositLock(
                        home,
                        genesis.committee().custody(),
                        new CustodyRules.DepositTerms(
                            transfer.id(), transfer.refundKey(), transfer.refundDelay()))
                    .orThrow());
  }

  /** The transfer that a deposit was credited to. */
  public Optional<Hash32> creditedTo(ChainId chain, Hash32 txId, long outputIndex) {
    return hashAt(StateKeys.credited(chain, txId, outputIndex));
  }

  public Optional<PacketRecord> packet(Hash32 packetId) {
    return state.get(StateKeys.packet(packetId)).map(PacketRecord::decode);
  }

  public List<PacketRecord> packets(Optional<Hash32> after, int limit) {
    return page(Table.PACKET.prefix(), after(Table.PACKET, after), limit, PacketRecord::decode);
  }

  /** Last sequence of a lane; 0 before the first packet. */
  public long sequence(Hash32 lane) {
    return number(StateKeys.sequence(lane));
  }

  /** How far a lane has come, and whether it is closed. */
  public LaneRecord lane(Hash32 lane) {
    return state.get(StateKeys.lane(lane)).map(LaneRecord::decode).orElse(LaneRecord.NEW);
  }

  /** A burn that was accepted. */
  public Optional<BurnRecord> burn(Hash32 lane, long sequence) {
    return state.get(StateKeys.burn(lane, sequence)).map(BurnRecord::decode);
  }

  public Optional<ReleaseRecord> release(Hash32 releaseId) {
    return state.get(StateKeys.release(releaseId)).map(ReleaseRecord::decode);
  }

  /** Releases of all states. */
  public List<ReleaseRecord> releases(Optional<Hash32> after, int limit) {
    return page(Table.RELEASE.prefix(), after(Table.RELEASE, after), limit, ReleaseRecord::decode);
  }

  /** Releases in one state. */
  public List<ReleaseRecord> releases(
      ReleaseRecord.State wanted, Optional<Hash32> after, int limit) {
    Bytes prefix = StateKeys.releases(wanted);
    return state
        .scan(
            prefix,
            after.map(id -> Bytes.concat(prefix, id.bytes())).orElse(Bytes.EMPTY),
            cap(limit))
        .stream()
        .map(entry -> entry.key().slice(prefix.size(), entry.key().size()))
        .map(id -> release(new Hash32(id)).orElseThrow())
        .toList();
  }

  /** Coins in custody on a chain. */
  public List<CoinRecord> coins(ChainId chain, Optional<CoinRecord> after, int limit) {
    Bytes from =
        after
            .map(last -> StateKeys.coin(chain, last.coin().txId(), last.coin().outputIndex()))
            .orElse(Bytes.EMPTY);
    return page(StateKeys.coins(chain), from, limit, CoinRecord::decode);
  }

  public Optional<CoinRecord> coin(ChainId chain, Hash32 txId, long outputIndex) {
    return state.get(StateKeys.coin(chain, txId, outputIndex)).map(CoinRecord::decode);
  }

  /** What one payout on a chain can spend now: the largest coins at rest that no release holds. */
  public Amount spendable(ChainId chain) {
    Bytes prefix = StateKeys.freeCoins(chain);
    Amount total = Amount.ZERO;
    for (StateReader.Entry entry : state.scan(prefix, Bytes.EMPTY, Releases.MAX_INPUTS)) {
      total = total.plus(StateKeys.freeCoinAmount(chain, entry.key()));
    }
    return total;
  }

  /** Whether coins of a chain are being merged, for payouts that take too many of them. */
  public boolean isMerging(ChainId chain) {
    return !state.scan(StateKeys.merging(chain), Bytes.EMPTY, 1).isEmpty();
  }

  /** Accounts of an asset; all zero for an unknown one. */
  public SupplyRecord supply(AssetId asset) {
    return state.get(StateKeys.supply(asset)).map(SupplyRecord::decode).orElse(SupplyRecord.NONE);
  }

  public RouteSupply routeSupply(Hash32 routeId) {
    return state
        .get(StateKeys.routeSupply(routeId))
        .map(RouteSupply::decode)
        .orElse(RouteSupply.NONE);
  }

  public Optional<SwapRecord> swap(Hash32 swapId) {
    return state.get(StateKeys.swap(swapId)).map(SwapRecord::decode);
  }

  /** The swap that uses a hash. */
  public Optional<SwapRecord> swapByHash(Hash32 hash) {
    return hashAt(StateKeys.swapHash(hash)).flatMap(this::swap);
  }

  public List<SwapRecord> swaps(Optional<Hash32> after, int limit) {
    return page(Table.SWAP.prefix(), after(Table.SWAP, after), limit, SwapRecord::decode);
  }

  /** The nonce that the sender's next transaction must have. */
  public long nonce(PublicKey sender) {
    return number(StateKeys.nonce(sender));
  }

  /** Headers of a chain that wait for more attestations, the lowest first. */
  public List<AttestationRecord> attestations(ChainId chain, int limit) {
    return page(StateKeys.attestations(chain), Bytes.EMPTY, limit, AttestationRecord::decode);
  }

  /** What a member attested at a height, while that is kept. */
  public Optional<AttestedHash> attested(ChainId chain, long height, int member) {
    return state.get(StateKeys.attested(chain, height, member)).map(AttestedHash::decode);
  }

  /** Proof against a member; present exactly while it is suspended. */
  public Optional<EquivocationRecord> suspension(int member) {
    return state.get(StateKeys.suspended(member)).map(EquivocationRecord::decode);
  }

  public List<EquivocationRecord> suspensions() {
    return page(Table.SUSPENDED.prefix(), Bytes.EMPTY, MAX_PAGE, EquivocationRecord::decode);
  }

  /** The last pause of a subject, whether it holds or not. */
  public Optional<PauseRecord> pause(PauseSubject subject) {
    return state.get(StateKeys.pause(subject)).map(PauseRecord::decode);
  }

  public boolean isPaused(PauseSubject subject) {
    return pause(subject).filter(PauseRecord::active).isPresent();
  }

  /** Subjects that are paused. */
  public List<PauseRecord> paused() {
    return page(Table.PAUSE.prefix(), Bytes.EMPTY, MAX_PAGE, PauseRecord::decode).stream()
        .filter(PauseRecord::active)
        .toList();
  }

  /** The set that certifies the block after this state. */
  public ValidatorsRecord validators() {
    return state.get(StateKeys.validators()).map(ValidatorsRecord::decode).orElseThrow();
  }

  /** The set that certified the block of this state, if it is not {@link #validators()}. */
  public Optional<ValidatorsRecord> previousValidators() {
    return state.get(StateKeys.previousValidators()).map(ValidatorsRecord::decode);
  }

  /** The set that takes over at the next boundary of an epoch at which all of it is ready. */
  public Optional<ValidatorsRecord> plannedValidators() {
    return state.get(StateKeys.plannedValidators()).map(ValidatorsRecord::decode);
  }

  /** Why a validator certifies nothing any more. */
  public Optional<ConvictionRecord> conviction(EvmAddress validator) {
    return state.get(StateKeys.convicted(validator)).map(ConvictionRecord::decode);
  }

  /** Who attests for the committee. */
  public CommitteeRecord committee() {
    return state
        .get(StateKeys.committee())
        .map(CommitteeRecord::decode)
        .orElseGet(
            () ->
                new CommitteeRecord(
                    genesis.committee().epoch(),
                    genesis.committee().members().stream()
                        .map(Genesis.NotaryMember::attestKey)
                        .toList(),
                    Optional.empty()));
  }

  /** Who governs. */
  public GovernanceRecord governance() {
    return state.get(StateKeys.governance()).map(GovernanceRecord::decode).orElseThrow();
  }

  public Optional<ProposalRecord> proposal(long number) {
    return number < 1
        ? Optional.empty()
        : state.get(StateKeys.proposal(number)).map(ProposalRecord::decode);
  }

  /** Number of the newest proposal, 0 before the first. */
  public long lastProposal() {
    return number(StateKeys.lastProposal());
  }

  /** The value under a key of {@link StateKeys}, as proofs commit to it. */
  public Optional<Bytes> value(Bytes key) {
    return state.get(key);
  }

  StateReader state() {
    return state;
  }

  private Optional<Hash32> hashAt(Bytes key) {
    return state.get(key).map(Hash32::new);
  }

  private long number(Bytes key) {
    return state.get(key).map(value -> CanonicalReader.decode(value, in -> in.u64())).orElse(0L);
  }

  private static Bytes after(Table table, Optional<Hash32> id) {
    return id.map(last -> Bytes.concat(table.prefix(), last.bytes())).orElse(Bytes.EMPTY);
  }

  private <T> List<T> page(Bytes prefix, Bytes after, int limit, Function<Bytes, T> decoder) {
    return state.scan(prefix, after, cap(limit)).stream()
        .map(entry -> decoder.apply(entry.value()))
        .toList();
  }

  private static int cap(int limit) {
    return Math.clamp(limit, 0, MAX_PAGE);
  }
}
