package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.relay.ledger.record.OpenTransfer;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.TransferRecord;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Places and ends of transfers, from those that the step opened, credited and let expire. */
final class OpenTransferInvariants {
  private final Step step;

  /** By how much each number of open transfers has to change, and by how much it did. */
  private final Map<Bytes, Long> recounted = new HashMap<>();

  private final Map<Bytes, Long> counted = new HashMap<>();

  OpenTransferInvariants(Step step) {
    this.step = step;
  }

  void transfer(Optional<TransferRecord> was, TransferRecord now) {
    boolean isOpen = now.state() == TransferRecord.State.OPEN;
    check(
        now,
        step.after().value(OpenTransfer.of(now).key()).isPresent() == isOpen,
        Invariant.I6,
        "listed as open, or not, and is " + now.state());
    if (was.isEmpty()) {
      opened(now);
    } else if (was.get().state() == TransferRecord.State.OPEN && !isOpen) {
      closed(was.get(), now);
    }
  }

  private void opened(TransferRecord transfer) {
    TransferLimits limits = step.before().genesis().parameters().transfers();
    long onRoute = step.before().openOnRoute(transfer.routeId());
    long ofSender = step.before().openOfSender(transfer.sender());
    check(
        transfer, limits.haveRoom(onRoute, ofSender), Invariant.I9, "more open than there may be");
    check(
        transfer,
        transfer.expiresAtMillis()
            == step.block().timeMillis() + limits.lifetimeMillis(onRoute, ofSender),
        Invariant.I5,
        "another lifetime than the chain's");
    recount(transfer, 1);
  }

  private void closed(TransferRecord old, TransferRecord transfer) {
    boolean isOver = old.isOver(step.block().timeMillis());
    if (transfer.state() == TransferRecord.State.EXPIRED) {
      check(transfer, isOver, Invariant.I3, "a transfer expired before its time");
      check(
          transfer,
          old.with(TransferRecord.State.EXPIRED).equals(transfer),
          Invariant.I2,
          "a transfer expired with a deposit");
    } else {
      check(transfer, !isOver, Invariant.I3, "a deposit was credited after its time");
    }
    recount(transfer, -1);
  }

  private void recount(TransferRecord transfer, long change) {
    recounted.merge(StateKeys.openOnRoute(transfer.routeId()), change, Long::sum);
    recounted.merge(StateKeys.openOfSender(transfer.sender()), change, Long::sum);
  }

  /** An entry of the index came or went. */
  void listed(Bytes key, boolean isListed) {
    OpenTransfer entry = OpenTransfer.at(key);
    boolean isOpen =
        step.after()
            .transfer(entry.id())
            .filter(transfer -> transfer.state() == TransferRecord.State.OPEN)
            .filter(transfer -> OpenTransfer.of(transfer).equals(entry))
            .isPresent();
    StepInvariants.require(
        isOpen == isListed, Invariant.I6, "the list of open transfers and " + entry);
  }

  /** The open transfers of a route, or of a sender, are others. */
  void count(Bytes key, long was, long now) {
    counted.merge(key, now - was, Long::sum);
  }

  void difference() {
    recounted.values().removeIf(change -> change == 0);
    StepInvariants.require(
        recounted.equals(counted), Invariant.I6, "the numbers of open transfers do not add up");
  }

  private static void check(
      TransferRecord transfer, boolean holds, Invariant invariant, String otherwise) {
    StepInvariants.requireFor(
        new PauseSubject.Route(transfer.routeId()), holds, invariant, otherwise);
  }
}
