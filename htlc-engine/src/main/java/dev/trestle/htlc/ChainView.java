package dev.trestle.htlc;

import dev.trestle.adapter.ChainProfile.Timing;
import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.TransactionPort.TransactionStatus;
import dev.trestle.base.Hash32;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What one chain shows of one leg at one moment.
 *
 * @param leg from 0
 * @param timing the chain's worst-case times as they are known now
 * @param healthy whether blocks arrive and endpoints agree: otherwise nothing new is put at risk
 * @param observation empty when the chain could not be read
 * @param transactions what became of this party's own transactions on this chain
 */
public record ChainView(
    int leg,
    Timing timing,
    boolean healthy,
    Optional<HtlcObservation> observation,
    Map<Hash32, TransactionStatus> transactions) {
  public ChainView {
    transactions = new TreeMap<>(transactions);
  }

  /** A chain that does not answer. */
  public static ChainView unavailable(int leg, Timing timing) {
    return new ChainView(leg, timing, false, Optional.empty(), Map.of());
  }
}
