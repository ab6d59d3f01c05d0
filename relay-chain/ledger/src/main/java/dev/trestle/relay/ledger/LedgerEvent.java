package dev.trestle.relay.ledger;

import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.PublicKey;
import dev.trestle.relay.ledger.record.LaneRecord;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.ReleaseRecord;

/** What a block changed, for indexes, streams and people. Names and fields are part of the API. */
public sealed interface LedgerEvent {
  /** Stable name: the record's own. */
  default String name() {
    return getClass().getSimpleName();
  }

  record ChainRegistered(ChainId chain, String clientType, long headHeight)
      implements LedgerEvent {}

  record ChainActive(ChainId chain, long headHeight) implements LedgerEvent {}

  record ClientUpdated(ChainId chain, long height, Hash32 blockId) implements LedgerEvent {}

  record ClientFrozen(ChainId chain) implements LedgerEvent {}

  record HeaderAttested(ChainId chain, long height, Hash32 blockHash, int member, int collected)
      implements LedgerEvent {}

  record MemberSuspended(int member, ChainId chain, long height, Hash32 first, Hash32 second)
      implements LedgerEvent {}

  record RouteRegistered(Hash32 routeId, AssetId asset, ChainId destination)
      implements LedgerEvent {}

  record TransferOpened(
      Hash32 transferId, Hash32 routeId, Amount amount, Bytes depositScript, long expiresAtMillis)
      implements LedgerEvent {}

  /** No deposit was proven in time; one that was made goes back to its depositor. */
  record TransferExpired(Hash32 transferId) implements LedgerEvent {}

  record DepositCredited(Hash32 transferId, Hash32 txId, long outputIndex, Amount credited)
      implements LedgerEvent {}

  record PacketSent(Hash32 packetId, Hash32 lane, long sequence, Hash32 transferId)
      implements LedgerEvent {}

  record PacketAcknowledged(Hash32 packetId, boolean success, Hash32 transferId)
      implements LedgerEvent {}

  /** The destination did not receive the packet in time: the deposit can be claimed back. */
  record PacketTimedOut(Hash32 packetId, Hash32 transferId) implements LedgerEvent {}

  /** Nothing is sent on the lane any more. */
  record LaneClosed(Hash32 lane, LaneRecord.Cause cause) implements LedgerEvent {}

  record BurnAccepted(Hash32 lane, long sequence, Amount amount, Hash32 releaseId)
      implements LedgerEvent {}

  /** A credited deposit was spent by another transaction than its sweep, in that block. */
  record DepositTakenBack(Hash32 transferId, Hash32 blockId) implements LedgerEvent {}

  record RefundClaimed(Hash32 transferId, Hash32 releaseId) implements LedgerEvent {}

  record ReleaseQueued(Hash32 releaseId) implements LedgerEvent {}

  record ReleasePlanned(Hash32 releaseId, ReleaseRecord.Kind kind) implements LedgerEvent {}

  record ReleaseUnpayable(Hash32 releaseId) implements LedgerEvent {}

  record ReleaseSigned(Hash32 releaseId, int member, int collected) implements LedgerEvent {}

  record ReleaseReady(Hash32 releaseId) implements LedgerEvent {}

  record ReleaseSettled(Hash32 releaseId, Hash32 blockId) implements LedgerEvent {}

  /** A sweep whose deposit was taken back. */
  record ReleaseVoided(Hash32 releaseId) implements LedgerEvent {}

  record SwapAgreed(Hash32 swapId, Hash32 hash) implements LedgerEvent {}

  record ProposalMade(long proposal, Hash32 actionHash, String action) implements LedgerEvent {}

  record ProposalVoted(long proposal, PublicKey by, int votes) implements LedgerEvent {}

  record ProposalApproved(long proposal, long executableMillis) implements LedgerEvent {}

  record ProposalExecuted(long proposal) implements LedgerEvent {}

  record ValidatorIsReady(PublicKey validator, long height) implements LedgerEvent {}

  /** Another set certifies from {@code since} on. */
  record ValidatorsChanged(long epoch, long since, int validators) implements LedgerEvent {}

  /** Evidence against a validator was recorded. */
  record ValidatorConvicted(Bytes validator, long height) implements LedgerEvent {}

  record GovernanceChanged(long epoch, int keys, int threshold) implements LedgerEvent {}

  /** The committee attests with other keys; the old ones are good until then. */
  record CommitteeRotated(long epoch, long previousUntilMillis) implements LedgerEvent {}

  /** The client of attested headers trusts the new keys, and no more the old ones. */
  record ClientHandedOver(ChainId chain, long epoch) implements LedgerEvent {}

  record LimitsChanged(ChainId chain) implements LedgerEvent {}

  record ClientRecovered(ChainId chain, long height, Hash32 blockId) implements LedgerEvent {}

  record Paused(PauseSubject subject, PublicKey by) implements LedgerEvent {}

  /** An invariant would have been violated: the step was undone and its subject paused. */
  record CircuitBroken(PauseSubject subject, String invariant) implements LedgerEvent {}

  record Resumed(PauseSubject subject) implements LedgerEvent {}
}
