package dev.trestle.relay.ledger.record;

import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.PublicKey;
import dev.trestle.lightclient.packet.TransferPayload;
import java.math.BigInteger;

/**
 * Where each record stands in the state: {@code u8 table | fields}. Part of the wire format, since
 * proofs are made for keys; a table code is never used again for something else.
 */
public final class StateKeys {
  private static final BigInteger MAX_AMOUNT = BigInteger.TWO.pow(256).subtract(BigInteger.ONE);

  private StateKeys() {}

  /** The parts of the state. */
  public enum Table {
    /** {@code -> chainId}: the genesis. */
    GENESIS(1),
    /** {@code 33-byte key -> u64}: how many transactions of a sender there were. */
    NONCE(2),
    /** {@code text chain ->} {@link ChainRecord}. */
    CHAIN(3),
    /** {@code text chain | key ->} a light client's own state. */
    CLIENT(4),
    /** {@code b32 routeId ->} {@link RouteRecord}. */
    ROUTE(5),
    /** {@code b32 laneHash of the way back | b32 assetId -> b32 routeId}. */
    ROUTE_BACK(6),
    /** {@code text chain -> text asset}: which asset the custody coins of a chain are. */
    CUSTODY_ASSET(7),
    /** {@code b32 transferId ->} {@link TransferRecord}. */
    TRANSFER(8),
    /** {@code text chain | b32 txId | u32 index -> b32 transferId}: a credited deposit. */
    CREDITED(9),
    /** {@code b32 packetId ->} {@link PacketRecord}. */
    PACKET(10),
    /** {@code b32 laneHash -> u64}: last sequence of a lane. */
    SEQUENCE(11),
    /** {@code b32 laneHash | u64 sequence ->} {@link BurnRecord}. */
    BURN(12),
    /** {@code b32 releaseId ->} {@link ReleaseRecord}. */
    RELEASE(13),
    /** {@code u8 state | b32 releaseId -> u8 1}: releases by state. */
    RELEASE_STATE(14),
    /** {@code text chain | u64 position -> b32 releaseId}: releases that wait for coins. */
    QUEUE(15),
    /** {@code text chain -> u64}: last position in the queue. */
    QUEUE_END(16),
    /** {@code text chain | b32 txId | u32 index ->} {@link CoinRecord}. */
    COIN(17),
    /** {@code text chain | u256 2^256-1-amount | b32 txId | u32 index -> u8 1}: free coins. */
    COIN_FREE(18),
    /** {@code b32 assetId ->} {@link SupplyRecord}. */
    SUPPLY(19),
    /** {@code b32 routeId ->} {@link RouteSupply}. */
    ROUTE_SUPPLY(20),
    /** {@code u8 direction | text chain | b32 assetId ->} {@link FlowRecord}. */
    FLOW(21),
    /** {@code b32 swapId ->} {@link SwapRecord}. */
    SWAP(22),
    /** {@code b32 hash -> b32 swapId}: hashes that were used. */
    SWAP_HASH(23),
    /** {@code text chain | u64 height | b32 blockHash ->} {@link AttestationRecord}. */
    ATTESTATION(24),
    /** {@code text chain | u64 height | u16 member ->} {@link AttestedHash}. */
    ATTESTED(25),
    /** {@code u16 member ->} {@link EquivocationRecord}: suspended members. */
    SUSPENDED(26),
    /** {@code subject ->} {@link PauseRecord}. */
    PAUSE(27),
    /** {@code u8 role ->} {@link ValidatorsRecord}. */
    VALIDATORS(28),
    /** {@code ->} {@link GovernanceRecord}. */
    GOVERNANCE(29),
    /** {@code u64 number ->} {@link ProposalRecord}, and {@code -> u64}: the last number. */
    PROPOSAL(30),
    /** {@code 20-byte address -> u64}: height at which a future validator was at work. */
    READY(31),
    /** {@code 20-byte address ->} {@link ConvictionRecord}. */
    CONVICTED(32),
    /** {@code b32 laneHash ->} {@link LaneRecord}. */
    LANE(33),
    /** {@code ->} {@link CommitteeRecord}; absent while the keys are those of genesis. */
    COMMITTEE(34),
    /** {@code u64 expiresAtMillis | b32 transferId -> u8 1}: open transfers, by their end. */
    OPEN_TRANSFER(35),
    /** {@code u8 1 | b32 routeId} or {@code u8 2 | 33-byte sender -> u64}: open transfers. */
    OPEN_COUNT(36),
    /**
     * {@code text chain | b32 releaseId -> u256}: the coin that a merge, not proven, will bring.
     */
    MERGING(37);

    private final int code;

    Table(int code) {
      this.code = code;
    }

    public int code() {
      return code;
    }

    /** Prefix of all keys of the table. */
    public Bytes prefix() {
      return new CanonicalWriter().u8(code).toBytes();
    }
  }

  public static Bytes genesis() {
    return Table.GENESIS.prefix();
  }

  public static Bytes nonce(PublicKey sender) {
    return at(Table.NONCE).fixed(sender.compressed()).toBytes();
  }

  public static Bytes chain(ChainId chain) {
    return at(Table.CHAIN).text(chain.toString()).toBytes();
  }

  /** Prefix of a client's own keys. */
  public static Bytes client(ChainId chain) {
    return at(Table.CLIENT).text(chain.toString()).toBytes();
  }

  public static Bytes route(Hash32 routeId) {
    return at(Table.ROUTE).hash(routeId).toBytes();
  }

  public static Bytes routeBack(Hash32 laneBack, Hash32 assetId) {
    return at(Table.ROUTE_BACK).hash(laneBack).hash(assetId).toBytes();
  }

  public static Bytes custodyAsset(ChainId chain) {
    return at(Table.CUSTODY_ASSET).text(chain.toString()).toBytes();
  }

  public static Bytes transfer(Hash32 transferId) {
    return at(Table.TRANSFER).hash(transferId).toBytes();
  }

  public static Bytes openTransfer(long expiresAtMillis, Hash32 transferId) {
    return at(Table.OPEN_TRANSFER).u64(expiresAtMillis).hash(transferId).toBytes();
  }

  /** How many transfers of a route are open; absent for none. */
  public static Bytes openOnRoute(Hash32 routeId) {
    return at(Table.OPEN_COUNT).u8(1).hash(routeId).toBytes();
  }

  /** How many transfers of a sender are open; absent for none. */
  public static Bytes openOfSender(PublicKey sender) {
    return at(Table.OPEN_COUNT).u8(2).fixed(sender.compressed()).toBytes();
  }

  public static Bytes credited(ChainId chain, Hash32 txId, long outputIndex) {
    return at(Table.CREDITED).text(chain.toString()).hash(txId).u32(outputIndex).toBytes();
  }

  public static Bytes packet(Hash32 packetId) {
    return at(Table.PACKET).hash(packetId).toBytes();
  }

  public static Bytes sequence(Hash32 lane) {
    return at(Table.SEQUENCE).hash(lane).toBytes();
  }

  public static Bytes lane(Hash32 lane) {
    return at(Table.LANE).hash(lane).toBytes();
  }

  public static Bytes burn(Hash32 lane, long sequence) {
    return at(Table.BURN).hash(lane).u64(sequence).toBytes();
  }

  public static Bytes release(Hash32 releaseId) {
    return at(Table.RELEASE).hash(releaseId).toBytes();
  }

  /** Prefix of the index of releases in one state. */
  public static Bytes releases(ReleaseRecord.State state) {
    return at(Table.RELEASE_STATE).u8(Fields.code(state)).toBytes();
  }

  public static Bytes releaseState(ReleaseRecord.State state, Hash32 releaseId) {
    return Bytes.concat(releases(state), releaseId.bytes());
  }

  /** Prefix of a chain's queue. */
  public static Bytes queue(ChainId chain) {
    return at(Table.QUEUE).text(chain.toString()).toBytes();
  }

  public static Bytes queue(ChainId chain, long position) {
    return at(Table.QUEUE).text(chain.toString()).u64(position).toBytes();
  }

  public static Bytes queueEnd(ChainId chain) {
    return at(Table.QUEUE_END).text(chain.toString()).toBytes();
  }

  /** Prefix of a chain's coins. */
  public static Bytes coins(ChainId chain) {
    return at(Table.COIN).text(chain.toString()).toBytes();
  }

  public static Bytes coin(ChainId chain, Hash32 txId, long outputIndex) {
    return at(Table.COIN).text(chain.toString()).hash(txId).u32(outputIndex).toBytes();
  }

  /** Prefix of a chain's free coins, the largest first. */
  public static Bytes freeCoins(ChainId chain) {
    return at(Table.COIN_FREE).text(chain.toString()).toBytes();
  }

  public static Bytes freeCoin(ChainId chain, Amount amount, Hash32 txId, long outputIndex) {
    return at(Table.COIN_FREE)
        .text(chain.toString())
        .u256(MAX_AMOUNT.subtract(amount.value()))
        .hash(txId)
        .u32(outputIndex)
        .toBytes();
  }

  /** The amount in a key of {@link #freeCoin}. */
  public static Amount freeCoinAmount(ChainId chain, Bytes key) {
    int start = freeCoins(chain).size();
    BigInteger left = new BigInteger(1, key.slice(start, start + 32).toArray());
    return new Amount(MAX_AMOUNT.subtract(left));
  }

  /** Prefix of the merges of a chain's coins that are planned and not proven. */
  public static Bytes merging(ChainId chain) {
    return at(Table.MERGING).text(chain.toString()).toBytes();
  }

  public static Bytes merging(ChainId chain, Hash32 releaseId) {
    return Bytes.concat(merging(chain), releaseId.bytes());
  }

  public static Bytes supply(AssetId asset) {
    return at(Table.SUPPLY).hash(TransferPayload.assetId(asset)).toBytes();
  }

  public static Bytes routeSupply(Hash32 routeId) {
    return at(Table.ROUTE_SUPPLY).hash(routeId).toBytes();
  }

  /**
   * @param inward deposits if true, releases if not
   */
  public static Bytes flow(boolean inward, ChainId chain, AssetId asset) {
    return at(Table.FLOW)
        .u8(inward ? 1 : 2)
        .text(chain.toString())
        .hash(TransferPayload.assetId(asset))
        .toBytes();
  }

  public static Bytes swap(Hash32 swapId) {
    return at(Table.SWAP).hash(swapId).toBytes();
  }

  public static Bytes swapHash(Hash32 hash) {
    return at(Table.SWAP_HASH).hash(hash).toBytes();
  }

  /** Prefix of a chain's pending attestations, in order of height. */
  public static Bytes attestations(ChainId chain) {
    return at(Table.ATTESTATION).text(chain.toString()).toBytes();
  }

  /** Prefix of a chain's pending attestations of one height. */
  public static Bytes attestations(ChainId chain, long height) {
    return at(Table.ATTESTATION).text(chain.toString()).u64(height).toBytes();
  }

  public static Bytes attestation(ChainId chain, long height, Hash32 blockHash) {
    return Bytes.concat(attestations(chain, height), blockHash.bytes());
  }

  /** Prefix of what members attested on a chain, in order of height. */
  public static Bytes attested(ChainId chain) {
    return at(Table.ATTESTED).text(chain.toString()).toBytes();
  }

  public static Bytes attested(ChainId chain, long height, int member) {
    return at(Table.ATTESTED).text(chain.toString()).u64(height).u16(member).toBytes();
  }

  public static Bytes suspended(int member) {
    return at(Table.SUSPENDED).u16(member).toBytes();
  }

  public static Bytes pause(PauseSubject subject) {
    return Bytes.concat(Table.PAUSE.prefix(), subject.encode());
  }

  /** The set that certifies the block after this state. */
  public static Bytes validators() {
    return at(Table.VALIDATORS).u8(1).toBytes();
  }

  /** The set that certified the block of this state, if it is another one. */
  public static Bytes previousValidators() {
    return at(Table.VALIDATORS).u8(2).toBytes();
  }

  /** The set that governance wants next. */
  public static Bytes plannedValidators() {
    return at(Table.VALIDATORS).u8(3).toBytes();
  }

  public static Bytes committee() {
    return Table.COMMITTEE.prefix();
  }

  public static Bytes governance() {
    return Table.GOVERNANCE.prefix();
  }

  public static Bytes proposal(long number) {
    return at(Table.PROPOSAL).u64(number).toBytes();
  }

  /** Number of the last proposal. */
  public static Bytes lastProposal() {
    return Table.PROPOSAL.prefix();
  }

  public static Bytes ready(EvmAddress validator) {
    return at(Table.READY).fixed(validator.bytes()).toBytes();
  }

  public static Bytes convicted(EvmAddress validator) {
    return at(Table.CONVICTED).fixed(validator.bytes()).toBytes();
  }

  private static CanonicalWriter at(Table table) {
    return new CanonicalWriter().u8(table.code());
  }
}
