package dev.trestle.adapter.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.lightclient.bitcoin.tx.OutPoint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Which of our single-key (P2WPKH) coins pay for an output, and what the transaction weighs. Pure.
 */
final class CoinSelection {
  /** Inputs of one transaction; keeps it far below what nodes relay (400,000 weight units). */
  static final int MAX_INPUTS = 200;

  /** Version, marker, flag, both counts (one byte each) and lock time. */
  static final long OVERHEAD_WEIGHT = 42;

  /** Outpoint, empty script and sequence of an input. */
  static final long INPUT_WEIGHT = 4 * 41;

  /** Longest DER signature (low-s) with its hash type, bytes. */
  static final int MAX_SIGNATURE = 72 + 1;

  private static final int PUBLIC_KEY = 33;
  private static final long KEY_INPUT_WEIGHT =
      INPUT_WEIGHT + 1 + 1 + MAX_SIGNATURE + 1 + PUBLIC_KEY;

  private CoinSelection() {}

  /** An unspent P2WPKH output of ours. */
  record Coin(OutPoint outPoint, long value) {}

  /**
   * @param change 0 where it would be dust; then the fee takes it
   */
  record Choice(List<Coin> coins, long fee, long change) {}

  /** What to pay and at which rate. */
  record Need(Bytes script, long amount, long rate, Bytes changeScript, long changeDust) {}

  /** Largest coins first; empty when they do not suffice. */
  static Optional<Choice> choose(List<Coin> available, Need need) {
    List<Coin> sorted = new ArrayList<>(available);
    sorted.sort(Comparator.comparingLong(Coin::value).reversed().thenComparing(Coin::outPoint));
    List<Coin> chosen = new ArrayList<>();
    long sum = 0;
    for (Coin coin : sorted) {
      if (chosen.size() == MAX_INPUTS) {
        break;
      }
      chosen.add(coin);
      sum = Math.addExact(sum, coin.value());
      long feeWithoutChange = FeePolicy.fee(weight(chosen.size(), need.script()), need.rate());
      if (sum - need.amount() - feeWithoutChange >= 0) {
        return Optional.of(finish(chosen, sum, need));
      }
    }
    return Optional.empty();
  }

  private static Choice finish(List<Coin> chosen, long sum, Need need) {
    long fee =
        FeePolicy.fee(weight(chosen.size(), need.script(), need.changeScript()), need.rate());
    long change = sum - need.amount() - fee;
    return change >= need.changeDust()
        ? new Choice(List.copyOf(chosen), fee, change)
        : new Choice(List.copyOf(chosen), sum - need.amount(), 0);
  }

  private static long weight(int inputs, Bytes... outputs) {
    long weight = OVERHEAD_WEIGHT + inputs * KEY_INPUT_WEIGHT;
    for (Bytes output : outputs) {
      weight += outputWeight(output);
    }
    return weight;
  }

  static long outputWeight(Bytes script) {
    return 4L * (8 + 1 + script.size());
  }

  /**
   * Below this many satoshi an output costs so much to spend that nodes do not relay it (Bitcoin
   * Core's {@code GetDustThreshold}).
   */
  static long dust(Bytes script, int dustRelayFee) {
    long spend = isWitnessProgram(script) ? 67 : 148;
    return (8 + 1 + script.size() + spend) * dustRelayFee;
  }

  /** BIP-141: a version (OP_0, OP_1..OP_16) and one push of the rest. */
  private static boolean isWitnessProgram(Bytes script) {
    return script.size() >= 4
        && (script.at(0) == 0 || (script.at(0) >= 0x51 && script.at(0) <= 0x60))
        && script.at(1) == script.size() - 2;
  }
}
