package dev.trestle.htlc;

import dev.trestle.base.Hash32;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an engine says of one of its swaps.
 *
 * @param createdSeconds when the swap was entered
 * @param marks how far each leg has come, by its index
 * @param transactions everything this party signed, oldest first
 * @param next what is done or waited for next
 * @param alarms what an operator must look at
 * @param refundSeconds Unix time from which this party's coins come back if nothing else happens
 * @param lastFailure of an adapter; empty when the last look at the chains succeeded
 */
public record SwapView(
    Hash32 swapId,
    SwapTerms terms,
    Role role,
    SwapStatus status,
    long createdSeconds,
    Map<Integer, LegMark> marks,
    List<SwapRecord.SignedStep> transactions,
    List<SwapAction> next,
    List<SwapAction.Alarm> alarms,
    long refundSeconds,
    String lastFailure) {
  public SwapView {
    marks = new TreeMap<>(marks);
    transactions = List.copyOf(transactions);
    next = List.copyOf(next);
    alarms = List.copyOf(alarms);
  }
}
