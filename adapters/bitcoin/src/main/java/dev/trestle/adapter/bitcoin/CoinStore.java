package dev.trestle.adapter.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.TimeSource;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.OutPoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Spendable coins of our single-key scripts. What a prepared transaction spends is set aside for a
 * while, so that the next one is not built from the same coins before the first is sent. Methods
 * block.
 */
final class CoinStore {
  /** How long prepared but unsent coins stay set aside. */
  static final Duration SET_ASIDE = Duration.ofMinutes(10);

  private final ReentrantLock lock = new ReentrantLock();
  private final ScriptIndex index;
  private final TimeSource time;
  private final Map<OutPoint, Long> setAside = new HashMap<>();

  CoinStore(ScriptIndex index, TimeSource time) {
    this.index = index;
    this.time = time;
  }

  /** All that {@code script} can spend, coins that are set aside included. */
  List<CoinSelection.Coin> spendable(Bytes script) {
    ScriptIndex.View view = index.look(script);
    Set<OutPoint> own = new HashSet<>();
    Map<Hash32, BitcoinTransaction> waiting = new HashMap<>();
    for (ScriptIndex.Found found : view.found()) {
      own.add(found.output().outPoint());
      found.spends().stream()
          .filter(spend -> !spend.isConfirmed())
          .forEach(spend -> waiting.put(spend.id(), spend.transaction()));
    }
    List<CoinSelection.Coin> coins = new ArrayList<>();
    for (ScriptIndex.Found found : view.found()) {
      if (!view.isSpent(found) && isUsable(view, found, own, waiting)) {
        coins.add(new CoinSelection.Coin(found.output().outPoint(), found.output().value()));
      }
    }
    return coins;
  }

  /** Confirmed and mature, or change of a transaction of which every input is our own. */
  private static boolean isUsable(
      ScriptIndex.View view,
      ScriptIndex.Found found,
      Set<OutPoint> own,
      Map<Hash32, BitcoinTransaction> waiting) {
    ScriptIndex.Output output = found.output();
    if (output.height() != ScriptIndex.PENDING) {
      return view.confirmations(output.height()) >= output.maturity();
    }
    BitcoinTransaction parent = waiting.get(output.outPoint().txId());
    return parent != null
        && found.votes() >= view.quorum()
        && parent.inputs().stream().allMatch(input -> own.contains(input.outPoint()));
  }

  /** Chooses coins and sets them aside; empty when what is free does not suffice. */
  Optional<CoinSelection.Choice> take(Bytes script, CoinSelection.Need need) {
    List<CoinSelection.Coin> all = spendable(script);
    lock.lock();
    try {
      long now = time.nowMillis();
      setAside.values().removeIf(until -> until <= now);
      List<CoinSelection.Coin> free =
          all.stream().filter(coin -> !setAside.containsKey(coin.outPoint())).toList();
      Optional<CoinSelection.Choice> choice = CoinSelection.choose(free, need);
      choice.ifPresent(
          chosen ->
              chosen
                  .coins()
                  .forEach(coin -> setAside.put(coin.outPoint(), now + SET_ASIDE.toMillis())));
      return choice;
    } finally {
      lock.unlock();
    }
  }
}
