package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.record.PacketRecord;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.Optional;

/**
 * What transactions of the ledger are about: the lane of a route, a chain, or the hub itself. What
 * the state does not know, and so anybody could make up, is all about one thing.
 */
final class Subjects {
  private static final Bytes UNKNOWN = Bytes.EMPTY;
  private static final Bytes GOVERNANCE = Bytes.utf8("governance");
  private static final Bytes SWAPS = Bytes.utf8("swaps");

  private Subjects() {}

  static Bytes of(LedgerView view, TransactionBody body) {
    return switch (body) {
      case TransactionBody.UpdateClient b -> chain(view, b.chain());
      case TransactionBody.SubmitMisbehaviour b -> chain(view, b.chain());
      case TransactionBody.AttestHeader b -> chain(view, b.chain());
      case TransactionBody.SubmitMessage b -> chain(view, b.chain());
      case TransactionBody.PlanSweep b -> chain(view, b.chain());
      case TransactionBody.OpenTransfer b -> lane(view, Optional.of(b.routeId()));
      case TransactionBody.SubmitDeposit b -> transfer(view, b.transferId());
      case TransactionBody.SubmitAttestedDeposit b -> transfer(view, b.transferId());
      case TransactionBody.SubmitTakeBack b -> transfer(view, b.transferId());
      case TransactionBody.ClaimRefund b -> transfer(view, b.transferId());
      case TransactionBody.TimeoutPacket b ->
          lane(view, view.packet(b.packetId()).map(PacketRecord::routeId));
      case TransactionBody.SignRelease b -> release(view, b.releaseId());
      case TransactionBody.SubmitRelease b -> release(view, b.releaseId());
      case TransactionBody.AgreeSwap _ -> SWAPS;
      case TransactionBody.RegisterChain _,
          TransactionBody.RegisterRoute _,
          TransactionBody.Pause _,
          TransactionBody.Resume _,
          TransactionBody.Propose _,
          TransactionBody.Vote _,
          TransactionBody.ExecuteProposal _,
          TransactionBody.ValidatorReady _ ->
          GOVERNANCE;
    };
  }

  private static Bytes chain(LedgerView view, ChainId chain) {
    return view.chain(chain).isPresent() ? Bytes.utf8(chain.toString()) : UNKNOWN;
  }

  private static Bytes transfer(LedgerView view, Hash32 transferId) {
    return lane(view, view.transfer(transferId).map(TransferRecord::routeId));
  }

  private static Bytes release(LedgerView view, Hash32 releaseId) {
    return lane(view, view.release(releaseId).map(ReleaseRecord::routeId));
  }

  /** A route has one lane, and a lane that it shares with nobody. */
  private static Bytes lane(LedgerView view, Optional<Hash32> routeId) {
    return routeId.flatMap(view::route).isPresent() ? routeId.orElseThrow().bytes() : UNKNOWN;
  }
}
