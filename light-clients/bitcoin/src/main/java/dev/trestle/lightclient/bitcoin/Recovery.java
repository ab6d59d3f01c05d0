package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.RejectionCode;
import java.util.List;
import java.util.Optional;

/**
 * Replaces the chain of one client by that of another of the same network.
 *
 * <p>Rejects with {@code wrong-chain} (another network), {@code value-mismatch} (other settings)
 * and {@code budget-exceeded} (before headers are moved).
 *
 * <p>After ICS-02, "Recover client".
 */
final class Recovery {
  private Recovery() {}

  /**
   * Rejects a substitute of another network or with other settings. The subject keeps its own
   * settings and takes over the substitute's best chain, without side branches.
   */
  static Verdict<ClientDelta> recover(HeaderStore subject, HeaderStore substitute, Budget budget) {
    ClientSettings settings = subject.settings();
    ClientSettings other = substitute.settings();
    if (!settings.parametersId().equals(other.parametersId())) {
      return Verdict.reject(RejectionCode.WRONG_CHAIN, other.parametersId());
    }
    if (!settings.equals(other)) {
      return Verdict.reject(RejectionCode.VALUE_MISMATCH, "the substitute has other settings");
    }
    ChainTip tip = substitute.tip();
    ChainTip old = subject.tip();
    long moved = tip.height() - tip.floor() + old.height() - old.floor() + 2;
    if (!budget.charge(Budget.HASH * moved)) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, moved + " headers to move");
    }
    clear(subject);
    subject.unfreeze();
    for (long height = tip.floor(); height <= tip.height(); height++) {
      Optional<StoredHeader> header = substitute.bestHeader(height);
      header.ifPresent(subject::putHeader);
      header.ifPresent(kept -> subject.putBest(kept.height(), kept.header().id()));
    }
    subject.putTip(tip);
    return Verdict.accept(subject.delta());
  }

  private static void clear(HeaderStore subject) {
    ChainTip tip = subject.tip();
    for (long height = tip.floor(); height <= tip.height(); height++) {
      Optional<Hash32> best = subject.best(height);
      best.ifPresent(subject::deleteHeader);
      subject.deleteBest(height);
      clearSide(subject, height);
    }
    // Side branches may be longer than the best chain.
    for (long above = tip.height() + 1; !subject.side(above).isEmpty(); above++) {
      clearSide(subject, above);
    }
  }

  private static void clearSide(HeaderStore subject, long height) {
    subject.side(height).forEach(subject::deleteHeader);
    subject.putSide(height, List.of());
  }
}
