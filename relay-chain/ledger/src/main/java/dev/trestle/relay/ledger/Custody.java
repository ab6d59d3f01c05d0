package dev.trestle.relay.ledger;

import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.relay.ledger.record.CoinRecord;
import dev.trestle.relay.ledger.record.PacketRecord;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.RouteSupply;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.SupplyRecord;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/** Coins in custody and the accounts that they back. */
final class Custody {
  private static final Bytes PRESENT = Bytes.of(new byte[] {1});

  private Custody() {}

  /** Custody rules of a chain that is registered. */
  static Verdict<CustodyRules> rules(LightClientFamily family) {
    Optional<CustodyRules> rules = family.custody();
    return rules.isPresent()
        ? Verdict.accept(rules.get())
        : Verdict.reject(LedgerCode.NO_CUSTODY, family.type());
  }

  /** Whether a release can pay to {@code script}: a payable one that is not the committee's own. */
  static boolean isPayable(Execution x, CustodyRules rules, ChainId chain, Bytes script) {
    Verdict<Boolean> payable =
        Clients.guarded(
            () ->
                Verdict.accept(
                    rules.isPayable(chain, script)
                        && !rules.restingLock(chain, x.committee()).script().equals(script)));
    return payable instanceof Verdict.Accepted<Boolean>(Boolean yes) && yes;
  }

  /** A plan that spends exactly {@code coins} and pays exactly {@code payout}. */
  static Verdict<CustodyRules.ReleasePlan> plan(
      Execution x,
      CustodyRules rules,
      ChainId chain,
      List<CustodyRules.Coin> coins,
      CustodyRules.Payout payout,
      long feeRate) {
    return Clients.guarded(() -> rules.plan(chain, x.committee(), coins, payout, feeRate))
        .then(
            plan -> {
              boolean same =
                  plan.inputs().size() == coins.size()
                      && outpoints(plan.inputs()).equals(outpoints(coins))
                      && plan.payout().equals(payout)
                      && plan.fee().isLessThan(payout.amount());
              return same
                  ? Verdict.accept(plan)
                  : Verdict.reject(LedgerCode.CLIENT_FAULT, "another plan than asked for");
            });
  }

  private static SortedSet<Bytes> outpoints(List<CustodyRules.Coin> coins) {
    TreeSet<Bytes> outpoints = new TreeSet<>();
    coins.forEach(coin -> outpoints.add(outpoint(coin.txId().bytes(), coin.outputIndex())));
    return outpoints;
  }

  /** {@code b32 txId | u32 index}. */
  static Bytes outpoint(Bytes txId, long outputIndex) {
    return new CanonicalWriter().fixed(txId).u32(outputIndex).toBytes();
  }

  static Amount sum(List<CustodyRules.Coin> coins) {
    Amount total = Amount.ZERO;
    for (CustodyRules.Coin coin : coins) {
      total = total.plus(coin.amount());
    }
    return total;
  }

  /**
   * Stores a coin; offered to releases is only one that none has taken and that nobody else can
   * take.
   */
  static void put(Execution x, CoinRecord record) {
    CustodyRules.Coin coin = record.coin();
    x.put(StateKeys.coin(record.chain(), coin.txId(), coin.outputIndex()), record.encode());
    Bytes free = StateKeys.freeCoin(record.chain(), coin.amount(), coin.txId(), coin.outputIndex());
    if (record.isFree()) {
      x.put(free, PRESENT);
    } else {
      x.overlay().delete(free);
    }
  }

  /** The coin is spent. */
  static void remove(Execution x, ChainId chain, CustodyRules.Coin coin) {
    x.overlay().delete(StateKeys.coin(chain, coin.txId(), coin.outputIndex()));
    x.overlay().delete(StateKeys.freeCoin(chain, coin.amount(), coin.txId(), coin.outputIndex()));
  }

  static void supply(Execution x, AssetId asset, UnaryOperator<SupplyRecord> change) {
    x.put(StateKeys.supply(asset), change.apply(x.view().supply(asset)).encode());
  }

  /** A packet in flight came to nothing: its value can be claimed back. */
  static void failed(Execution x, RouteRecord route, PacketRecord packet) {
    supply(x, route.asset(), (SupplyRecord supply) -> supply.failed(packet.amount()));
    routeSupply(
        x,
        packet.routeId(),
        supply -> new RouteSupply(supply.inFlight().minus(packet.amount()), supply.minted()));
  }

  static void routeSupply(Execution x, Hash32 routeId, UnaryOperator<RouteSupply> change) {
    x.put(StateKeys.routeSupply(routeId), change.apply(x.view().routeSupply(routeId)).encode());
  }
}
