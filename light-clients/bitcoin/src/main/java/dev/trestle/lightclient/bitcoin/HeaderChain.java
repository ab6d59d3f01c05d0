package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The tree of headers of one client: most work wins, the branch seen first wins a tie, and no
 * reorganisation goes deeper than allowed. Works on a {@link HeaderStore} for the length of one
 * update.
 *
 * <p>Besides what {@link HeaderRules#check} rejects: {@code bad-prev} (an unknown parent), {@code
 * budget-exceeded} (too many branches at one height, or a side branch too long to walk) and {@code
 * reorg-too-deep}. Fork choice: Bitcoin Core {@code src/chain.h}, {@code nChainWork}.
 */
final class HeaderChain {
  private final HeaderRules rules;
  private final HeaderStore store;
  private final Budget budget;
  private final long maxReorgDepth;
  private final int retention;
  // Heights at which side branches that this update has touched leave the best chain.
  private final Map<Hash32, Long> forks = new HashMap<>();
  private ChainTip tip;
  private long deepestReorg;

  /**
   * @param maxReorgDepth in blocks; more than the settings' when evidence is judged
   */
  HeaderChain(HeaderRules rules, HeaderStore store, Budget budget, long maxReorgDepth) {
    this.rules = rules;
    this.store = store;
    this.budget = budget;
    this.maxReorgDepth = maxReorgDepth;
    this.retention = store.settings().retention();
    this.tip = store.tip();
  }

  ChainTip tip() {
    return tip;
  }

  /** Blocks that the deepest reorganisation of this update disconnected. */
  long deepestReorg() {
    return deepestReorg;
  }

  /** Adds a header; the accepted value is false when it was known already. */
  Verdict<Boolean> connect(BlockHeader header, long nowSeconds) {
    return connect(header, nowSeconds, Verdict::accept);
  }

  /**
   * As {@link #connect(BlockHeader, long)}.
   *
   * @param also what else is asked of a header that is not known and follows all rules
   */
  Verdict<Boolean> connect(
      BlockHeader header, long nowSeconds, Function<StoredHeader, Verdict<StoredHeader>> also) {
    if (store.header(header.id()).isPresent()) {
      return Verdict.accept(false);
    }
    Optional<StoredHeader> parent = store.header(header.previous());
    if (parent.isEmpty()) {
      return Verdict.reject(RejectionCode.BAD_PREV, "the parent of " + header + " is unknown");
    }
    return forkHeight(parent.get())
        .then(
            fork ->
                rules
                    .check(parent.get(), header, nowSeconds)
                    .then(also)
                    .then(stored -> add(stored, fork)));
  }

  private Verdict<Boolean> add(StoredHeader added, long fork) {
    if (added.chainWork().compareTo(tip.chainWork()) > 0) {
      store.putHeader(added);
      switchTo(added, fork);
      return Verdict.accept(true);
    }
    List<Hash32> side = store.side(added.height());
    if (side.size() >= HeaderStore.MAX_SIDE_HEADERS) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "too many branches at one height");
    }
    store.putHeader(added);
    store.putSide(added.height(), plus(side, added.header().id()));
    forks.put(added.header().id(), fork);
    return Verdict.accept(true);
  }

  /** The height at which {@code from} leaves the best chain: its own when it is on it. */
  private Verdict<Long> forkHeight(StoredHeader from) {
    StoredHeader at = from;
    while (true) {
      Long known = forks.get(at.header().id());
      long fork = known != null ? known : isBest(at) ? at.height() : -1;
      if (fork >= 0) {
        return tip.height() - fork > maxReorgDepth ? tooDeep(from) : Verdict.accept(fork);
      }
      // A side block at this height left the best chain at least one below.
      if (tip.height() - at.height() >= maxReorgDepth) {
        return tooDeep(from);
      }
      if (!budget.charge(Budget.HASH)) {
        return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "a long side branch");
      }
      Optional<StoredHeader> parent = store.header(at.header().previous());
      if (parent.isEmpty()) {
        return tooDeep(from);
      }
      at = parent.get();
    }
  }

  private Verdict<Long> tooDeep(StoredHeader from) {
    return Verdict.reject(
        RejectionCode.REORG_TOO_DEEP,
        "the branch of " + from.header() + " leaves the best chain too far below its tip");
  }

  private boolean isBest(StoredHeader header) {
    return store.best(header.height()).equals(Optional.of(header.header().id()));
  }

  private void switchTo(StoredHeader newTip, long fork) {
    if (tip.height() > fork) {
      deepestReorg = Math.max(deepestReorg, tip.height() - fork);
      forks.clear();
      for (long height = fork + 1; height <= tip.height(); height++) {
        Hash32 old = store.best(height).orElseThrow();
        store.putSide(height, plus(store.side(height), old));
        store.deleteBest(height);
      }
    }
    StoredHeader at = newTip;
    while (at.height() > fork) {
      store.putBest(at.height(), at.header().id());
      store.putSide(at.height(), minus(store.side(at.height()), at.header().id()));
      if (at.height() == fork + 1) {
        break;
      }
      at = store.header(at.header().previous()).orElseThrow();
    }
    long floor = tip.floor();
    while (floor < newTip.height() - retention) {
      prune(floor++);
    }
    tip = new ChainTip(newTip.header().id(), newTip.height(), newTip.chainWork(), floor);
    store.putTip(tip);
  }

  private void prune(long height) {
    store.best(height).ifPresent(store::deleteHeader);
    store.deleteBest(height);
    store.side(height).forEach(store::deleteHeader);
    store.putSide(height, List.of());
  }

  private static List<Hash32> plus(List<Hash32> ids, Hash32 added) {
    List<Hash32> out = new ArrayList<>(ids);
    out.add(added);
    return out;
  }

  private static List<Hash32> minus(List<Hash32> ids, Hash32 removed) {
    List<Hash32> out = new ArrayList<>(ids);
    out.remove(removed);
    return out;
  }
}
