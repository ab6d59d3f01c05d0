package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.PublicKey;
import dev.trestle.relay.ledger.record.OpenTransfer;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.TransferRecord;
import java.util.List;
import java.util.Optional;

/**
 * The transfers that wait for their deposits: how many there may be, for how long, and their end.
 * One that is open keeps its place and its time whatever others do: it is never put out for a newer
 * one, so nobody who has paid loses by a flood of openings.
 */
final class OpenTransfers {
  /** Most transfers that end with one block; the others end with the next ones. */
  static final int MAX_EXPIRIES = 256;

  private static final Bytes PRESENT = Bytes.of(new byte[] {1});

  private OpenTransfers() {}

  /** The end of a transfer that is opened now; rejected when there is no place for it. */
  static Verdict<Long> end(Execution x, Hash32 routeId, PublicKey sender) {
    TransferLimits limits = x.genesis().parameters().transfers();
    long onRoute = x.view().openOnRoute(routeId);
    long ofSender = x.view().openOfSender(sender);
    return limits.haveRoom(onRoute, ofSender)
        ? Verdict.accept(
            Math.addExact(x.block().timeMillis(), limits.lifetimeMillis(onRoute, ofSender)))
        : Verdict.reject(
            LedgerCode.TOO_MANY_OPEN_TRANSFERS,
            onRoute + " of the route, " + ofSender + " of the sender");
  }

  /** Stores a transfer that was opened. */
  static void opened(Execution x, TransferRecord transfer) {
    x.put(StateKeys.transfer(transfer.id()), transfer.encode());
    x.put(OpenTransfer.of(transfer).key(), PRESENT);
    count(x, transfer, 1);
  }

  /** Stores what became of an open transfer. */
  static void closed(Execution x, TransferRecord transfer) {
    x.put(StateKeys.transfer(transfer.id()), transfer.encode());
    x.overlay().delete(OpenTransfer.of(transfer).key());
    count(x, transfer, -1);
  }

  private static void count(Execution x, TransferRecord transfer, int change) {
    count(
        x,
        StateKeys.openOnRoute(transfer.routeId()),
        x.view().openOnRoute(transfer.routeId()) + change);
    count(
        x,
        StateKeys.openOfSender(transfer.sender()),
        x.view().openOfSender(transfer.sender()) + change);
  }

  private static void count(Execution x, Bytes key, long open) {
    if (open < 1) {
      x.overlay().delete(key); // senders are free to make: none may stay for ever
    } else {
      x.putNumber(key, open);
    }
  }

  /**
   * The end of a block: transfers whose time is over come to their end, the earliest first. That
   * some of them come later makes no difference to their deposits, which are not credited any more.
   */
  static void expire(Execution x) {
    List<OpenTransfer> first = x.view().openTransfers(Optional.empty(), MAX_EXPIRIES);
    for (OpenTransfer open : first) {
      if (x.block().timeMillis() < open.expiresAtMillis()) {
        return;
      }
      TransferRecord transfer = x.view().transfer(open.id()).orElseThrow();
      closed(x, transfer.with(TransferRecord.State.EXPIRED));
      x.emit(new LedgerEvent.TransferExpired(open.id()));
    }
  }
}
