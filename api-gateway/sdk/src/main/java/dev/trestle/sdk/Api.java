package dev.trestle.sdk;

import java.util.List;
import java.util.Optional;

/**
 * The JSON of the gateway, one record a schema of {@code openapi.json}; a test holds them against
 * it. Amounts are decimal strings of smallest units, times are Unix seconds where the name does not
 * say otherwise. Nothing here is trusted: {@link SwapParty} and {@link TransferParty} recompute
 * what matters.
 */
public final class Api {
  private Api() {}

  /** Where the next page is. */
  public record Page(Optional<String> next, boolean hasMore) {}

  /** Whom one trusts on a route, and what happens when it fails. */
  public record Trust(
      String model, String securityLevel, String whoCouldSteal, String failureMode) {}

  /** The hub at a glance. */
  public record Status(String hubId, String version, RelayStatus relay, List<Chain> chains) {}

  /**
   * The relay chain at a glance.
   *
   * @param healthy false when transactions wait and no block comes
   * @param stalledSinceMillis since when it has not been healthy
   * @param unreachable addresses of validators that the gateway has no connection to
   */
  public record RelayStatus(
      long height,
      String head,
      int validators,
      int quorum,
      long lastBlockMillis,
      boolean healthy,
      Optional<Long> stalledSinceMillis,
      List<String> unreachable) {}

  /** A connected chain. */
  public record Chain(
      String chain,
      String name,
      String clientType,
      String status,
      String adapter,
      String nativeAsset,
      int decimals,
      Client client,
      Node node) {}

  /** The light client of a chain, as the newest block has it. */
  public record Client(String status, long height, String headerId, long ageSeconds) {}

  /** The gateway's own node of a chain. */
  public record Node(
      boolean usable,
      long head,
      long finalizedHead,
      long lagSeconds,
      int endpointsAgreeing,
      int endpoints,
      String detail) {}

  /**
   * A way between two assets.
   *
   * @param refundDelayBlocks of a transfer: blocks of its home chain after which a depositor takes
   *     a deposit back that is not swept
   */
  public record Route(
      String id,
      String kind,
      String from,
      String to,
      Optional<String> minimum,
      Optional<String> maximum,
      Trust trust,
      long worstCaseRefundSeconds,
      Optional<Long> refundDelayBlocks,
      boolean available,
      Optional<String> reason) {}

  /** One swap that a maker offers. */
  public record OfferRequest(
      String give,
      String want,
      String giveAmount,
      String wantAmount,
      String makerKey,
      String makerClaimKey,
      String makerRefundKey,
      long expiresAt,
      String signature) {}

  /** An offer with its state. */
  public record Offer(String id, OfferRequest offer, String state) {}

  /** What a quote is asked for. */
  public record QuoteRequest(String kind, String from, String to, String amount) {}

  /** Fees in smallest units of the asset they are paid in. */
  public record Fees(String hub, String sourceNetwork, String destinationNetwork) {}

  /** Price, deadlines and trust. */
  public record Quote(
      String id,
      String kind,
      String from,
      String to,
      String send,
      String receive,
      long expiresAt,
      Fees fees,
      Trust trust,
      long worstCaseRefundAt,
      String route,
      Optional<Offer> offer,
      Optional<Long> initiatorExpiry,
      Optional<Long> participantExpiry) {}

  /** One lock of a swap. */
  public record SwapLegTerms(
      String chain, String asset, String amount, String claimer, String refunder, long expiry) {}

  /** All terms of a swap. */
  public record SwapTerms(
      String hash, List<SwapLegTerms> legs, String initiatorKey, String participantKey) {}

  /** Signed terms on a quote. */
  public record SwapRequest(String quoteId, SwapTerms terms, String initiatorSignature) {}

  /** The maker's signature. */
  public record SwapAcceptance(String participantSignature) {}

  /** A lock as its chain shows it. */
  public record Leg(
      SwapLegTerms terms,
      String address,
      Optional<String> paymentUri,
      String state,
      long confirmations,
      Optional<String> lockTransaction,
      Optional<String> spendTransaction) {}

  /** A swap as both chains show it. */
  public record Swap(
      String id,
      String status,
      String step,
      SwapTerms terms,
      Optional<String> initiatorSignature,
      Optional<String> participantSignature,
      List<Leg> legs,
      Trust trust,
      long worstCaseRefundAt,
      long createdAt,
      Optional<String> relayTransaction) {}

  /** A transfer to open. */
  public record TransferRequest(String route, String recipient, String amount, String refundKey) {}

  /**
   * A transfer with its deposit instruction.
   *
   * @param status {@code awaiting_deposit}, {@code deposit_credited} (booked, and being swept to
   *     the committee: nothing is sent before), {@code delivering}, {@code settled}, {@code
   *     refundable} (the packet failed or timed out), {@code expired} (no deposit was proven in
   *     time, and none will be credited) or {@code taken_back} (its depositor took the deposit back
   *     before it was swept)
   * @param packetId once the deposit is swept
   * @param steps in their order: {@code deposit}, {@code proof}, {@code sweep}, {@code delivery}
   */
  public record Transfer(
      String id,
      String route,
      String status,
      String from,
      String to,
      String amount,
      String recipient,
      Optional<String> packetId,
      Trust trust,
      Deposit deposit,
      List<TransferStep> steps) {}

  /**
   * Where, how and until when to deposit.
   *
   * @param confirmations blocks under which a deposit is credited, its own included
   * @param expiresAt Unix seconds; a deposit that is not proven by then is not credited, and goes
   *     back to its depositor after the refund delay
   */
  public record Deposit(
      String address,
      String script,
      String paymentUri,
      int refundDelayBlocks,
      String refundScript,
      long confirmations,
      long expiresAt) {}

  /**
   * One step of a transfer.
   *
   * @param state {@code pending}, {@code active} or {@code done}
   */
  public record TransferStep(String name, String state, Optional<String> transaction) {}

  /**
   * Coins that the committee pays out or moves to its own script.
   *
   * @param kind {@code withdrawal} (after a burn), {@code refund} (to the depositor when the packet
   *     failed or expired), {@code sweep} (a deposit out of its depositor's reach) or {@code merge}
   *     (many coins become one, so that one payout can spend them)
   * @param status {@code queued}, {@code planned}, {@code ready}, {@code settled}, {@code
   *     unpayable} or {@code void} (a sweep whose deposit was taken back)
   * @param fee network fee that is taken from {@code amount}, once there is a plan; the custody
   *     reserve adds to it for every coin that a payout spends after the first
   * @param waitsFor why a queued release has no plan yet, in words
   */
  public record Release(
      String id,
      String kind,
      String status,
      String asset,
      String amount,
      String recipientScript,
      Optional<String> fee,
      int signatures,
      int threshold,
      Optional<String> transaction,
      Optional<String> burnTransaction,
      Optional<String> waitsFor) {}

  /** Accounting of an asset. */
  public record Supply(
      String asset,
      String locked,
      String minted,
      String inFlight,
      String pendingRelease,
      boolean conserved,
      long height) {}

  /** A signed relay transaction, hex. */
  public record RawTransaction(String transaction) {}

  /** What became of a relay transaction. */
  public record TransactionReceipt(
      String id,
      String status,
      Optional<Long> height,
      Optional<String> code,
      Optional<String> detail) {}

  /** A relay block. */
  public record Block(
      long height,
      String id,
      long timeMs,
      String stateRoot,
      String outboxRoot,
      Optional<String> builder,
      List<String> transactions,
      String header,
      String certificate) {}

  /** The validator set. */
  public record Validators(String hash, int quorum, List<Validator> validators) {}

  /** One validator. */
  public record Validator(int index, String address, String publicKey) {}

  /**
   * Everything to verify a packet offline.
   *
   * @param validators the set of the block's height
   * @param handOvers all changes of validators since the genesis, the oldest first
   */
  public record PacketProof(
      String packet,
      String packetId,
      String header,
      String certificate,
      List<String> validators,
      long leafIndex,
      long leafCount,
      List<String> siblings,
      List<HandOver> handOvers) {}

  /**
   * A change of validators.
   *
   * @param header of the last block of the old set
   * @param certificate of that block, by the old set
   * @param validators addresses of the new set
   */
  public record HandOver(String header, String certificate, List<String> validators) {}

  /**
   * Who governs the hub.
   *
   * @param epoch counts changes of governance; approvals name it
   * @param delayMillis block time between approval and execution
   * @param epochBlocks validators change after blocks whose height is a multiple of it
   * @param plannedValidators keys of the set that takes over once its new members are ready
   * @param proposals the newest ones, the newest first
   */
  public record Governance(
      long epoch,
      int threshold,
      List<String> keys,
      long delayMillis,
      long epochBlocks,
      List<String> plannedValidators,
      List<Proposal> proposals) {}

  /**
   * Something that governance may decide.
   *
   * @param state open, approved or executed
   * @param action encoded, hex
   * @param actionHash SHA-256 of it, what votes are for
   * @param votes keys that are for it
   */
  public record Proposal(
      long number,
      String state,
      String action,
      String actionHash,
      String proposer,
      long proposedMillis,
      List<String> votes,
      Optional<Long> executableFromMillis) {}

  /** The notary committee. */
  public record Committee(int threshold, List<Member> members) {}

  /** One committee member. */
  public record Member(int index, String custodyKey, String attestationKey, boolean suspended) {}

  /** A sender on the relay chain. */
  public record Account(String key, long nonce) {}

  /** One page of a collection. */
  public record Paged<T>(List<T> data, Page page) {}
}
