package dev.trestle.relay.ledger;

import dev.trestle.base.Amount;
import dev.trestle.base.Hash32;
import dev.trestle.relay.ledger.record.SupplyRecord;
import java.math.BigInteger;
import java.util.Optional;
import java.util.TreeMap;

/** By how much each account of each asset changed in a block. */
final class AccountDeltas {
  /** Accounts that can be recomputed from other records. */
  enum Account {
    LOCKED,
    IN_FLIGHT,
    MINTED,
    PENDING,
    REFUNDABLE,
    PLANNED_FEES,
    COINS,
    ROUTES_IN_FLIGHT,
    ROUTES_MINTED
  }

  private record Entry(Hash32 asset, Account account) implements Comparable<Entry> {
    @Override
    public int compareTo(Entry other) {
      int byAsset = asset.compareTo(other.asset);
      return byAsset != 0 ? byAsset : account.compareTo(other.account);
    }
  }

  private final TreeMap<Entry, BigInteger> deltas = new TreeMap<>();

  void add(Hash32 asset, Account account, Amount amount) {
    change(asset, account, amount.value());
  }

  void subtract(Hash32 asset, Account account, Amount amount) {
    change(asset, account, amount.value().negate());
  }

  void addAll(Hash32 asset, SupplyRecord supply) {
    all(asset, supply, BigInteger.ONE);
  }

  void subtractAll(Hash32 asset, SupplyRecord supply) {
    all(asset, supply, BigInteger.ONE.negate());
  }

  /** What the routes of an asset carry and have brought is what the asset has. */
  void mirrorRoutes() {
    for (Entry entry : deltas.navigableKeySet().toArray(Entry[]::new)) {
      BigInteger delta = deltas.getOrDefault(entry, BigInteger.ZERO);
      if (entry.account == Account.IN_FLIGHT) {
        change(entry.asset, Account.ROUTES_IN_FLIGHT, delta);
      } else if (entry.account == Account.MINTED) {
        change(entry.asset, Account.ROUTES_MINTED, delta);
      }
    }
  }

  /** The first account in which the two differ. */
  Optional<String> difference(AccountDeltas other) {
    TreeMap<Entry, BigInteger> rest = new TreeMap<>(deltas);
    other.deltas.forEach((entry, delta) -> rest.merge(entry, delta.negate(), BigInteger::add));
    return rest.entrySet().stream()
        .filter(entry -> entry.getValue().signum() != 0)
        .map(
            entry ->
                entry.getKey().account + " of " + entry.getKey().asset + " by " + entry.getValue())
        .findFirst();
  }

  private void all(Hash32 asset, SupplyRecord supply, BigInteger sign) {
    change(asset, Account.LOCKED, supply.locked().value().multiply(sign));
    change(asset, Account.IN_FLIGHT, supply.inFlight().value().multiply(sign));
    change(asset, Account.MINTED, supply.minted().value().multiply(sign));
    change(asset, Account.PENDING, supply.pendingRelease().value().multiply(sign));
    change(asset, Account.REFUNDABLE, supply.refundable().value().multiply(sign));
    change(asset, Account.PLANNED_FEES, supply.plannedFees().value().multiply(sign));
    change(asset, Account.COINS, supply.coins().value().multiply(sign));
  }

  private void change(Hash32 asset, Account account, BigInteger delta) {
    deltas.merge(new Entry(asset, account), delta, BigInteger::add);
  }
}
