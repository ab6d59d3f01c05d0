package dev.trestle.lightclient.bitcoin.sync;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import dev.trestle.lightclient.bitcoin.ChainParameters;
import dev.trestle.lightclient.bitcoin.CompactTarget;
import dev.trestle.lightclient.bitcoin.HeaderCheckpoints;
import dev.trestle.lightclient.bitcoin.HeaderRules;
import dev.trestle.lightclient.bitcoin.StoredHeader;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Follows the headers with the most work from a trusted start, all rules of {@link HeaderRules}
 * checked, in memory. A header on top of the tip, which is nearly every one, is checked where it
 * lies and allocates nothing but its row; every other one goes through {@link HeaderRules} itself.
 * The branch that was seen first wins a tie. Not thread-safe.
 *
 * <p>Rejections, besides those of {@link HeaderRules#check}: {@link RejectionCode#MALFORMED} (no
 * whole headers, or more than {@link #MAX_BATCH}), {@code bad-prev} (an unknown parent), {@link
 * RejectionCode#WRONG_CHAIN} (another header where a checkpoint stands), {@link
 * RejectionCode#REORG_TOO_DEEP} (a branch that leaves the best chain deeper than allowed), {@link
 * RejectionCode#BUDGET_EXCEEDED} (more side branches than are kept). {@code time-too-new} is told
 * as later.
 *
 * <p>Fork choice: Bitcoin Core {@code src/chain.h}, {@code nChainWork}.
 */
public final class HeaderSync {
  /** Headers in one call. */
  public static final int MAX_BATCH = 100_000;

  /** Headers of side branches that are kept. */
  public static final int MAX_SIDE_HEADERS = 10_000;

  private final HeaderRules rules;
  private final int maxReorgDepth;
  private final long retention;
  private final HeaderTable table;
  private final StoredHeader start;
  private final TipCheck tip;
  // Lookups only, in no order.
  private final Map<Hash32, StoredHeader> side = new HashMap<>();
  private final Optional<HeaderCheckpoints> checkpoints;
  // The header that is looked at.
  private final byte[] raw = new byte[BlockHeader.SIZE];
  private long deepestReorg;

  /**
   * @param start trusted with all its context: a network's genesis, or an anchor
   * @param maxReorgDepth blocks that a reorganisation may disconnect
   * @param retention headers below the tip that are kept, at least a retarget period and twice the
   *     depth
   */
  public HeaderSync(
      ChainParameters network, StoredHeader start, int maxReorgDepth, long retention) {
    long least = Math.max(2L * maxReorgDepth, 2L * network.difficulty().interval());
    if (maxReorgDepth < 1 || retention < least) {
      throw new IllegalArgumentException("a retention of at least " + least + " headers");
    }
    this.rules = new HeaderRules(network);
    this.start = start;
    this.maxReorgDepth = maxReorgDepth;
    this.retention = retention;
    this.table = new HeaderTable(start.height(), start.header().previous());
    this.tip = new TipCheck(network, start);
    this.checkpoints = HeaderCheckpoints.of(network);
    table.append(start.header().raw().toArray(), start.header().id().toArray());
  }

  /** From a network's genesis on, with everything kept. */
  public static HeaderSync fromGenesis(ChainParameters network, int maxReorgDepth) {
    BlockHeader genesis = network.genesis();
    BigInteger work = CompactTarget.work(CompactTarget.decode(genesis.bits()).orElseThrow());
    return new HeaderSync(
        network,
        new StoredHeader(
            genesis,
            0,
            work,
            List.of(genesis.time()),
            genesis.time(),
            genesis.bits(),
            genesis.bits()),
        maxReorgDepth,
        Integer.MAX_VALUE);
  }

  /**
   * Adds headers, a parent before its child; those known already are skipped. Stops at the first
   * one that is not accepted: those before it stay.
   *
   * @param headers 80 bytes each, one after another
   * @param nowSeconds Unix time, or {@link HeaderRules#NO_CLOCK}
   * @return how many were new
   */
  public Verdict<Integer> add(Bytes headers, long nowSeconds) {
    int count = headers.size() / BlockHeader.SIZE;
    if (count < 1 || count > MAX_BATCH || headers.size() % BlockHeader.SIZE != 0) {
      return Verdict.reject(RejectionCode.MALFORMED, headers.size() + " bytes of headers");
    }
    ProofOfWork work = ProofOfWork.of(rules.parameters(), headers);
    int added = 0;
    for (int i = 0; i < count; i++) {
      headers.copyTo(i * BlockHeader.SIZE, BlockHeader.SIZE, raw, 0);
      if (tip.isParentOf(raw)) {
        Optional<RejectionCode> wrong = tip.check(raw, work, i, nowSeconds);
        if (wrong.isPresent()) {
          return refuse(wrong.get());
        }
        if (tip.opensPeriod() && !agreesWithCheckpoint(tip.height() + 1, tip.candidate())) {
          return refuse(RejectionCode.WRONG_CHAIN);
        }
        table.append(raw, tip.candidate());
        tip.advance(raw);
        added++;
        continue;
      }
      Verdict<Boolean> aside = addAside(nowSeconds);
      if (!(aside instanceof Verdict.Accepted<Boolean>(Boolean isNew))) {
        return aside.then(never -> Verdict.accept(0));
      }
      added += isNew ? 1 : 0;
    }
    prune();
    return Verdict.accept(added);
  }

  private Verdict<Integer> refuse(RejectionCode code) {
    String which = "header " + (tip.height() + 1) + " " + BlockHeader.of(Bytes.of(raw));
    return code == RejectionCode.TIME_TOO_NEW
        ? Verdict.later(code, which)
        : Verdict.reject(code, which);
  }

  boolean agreesWithCheckpoint(long height, byte[] id) {
    if (height % rules.parameters().difficulty().interval() != 0) {
      return true;
    }
    return checkpoints
        .flatMap(known -> known.header(height))
        .map(known -> known.id().equals(Hash32.of(id)))
        .orElse(true);
  }

  private void prune() {
    if (tip.height() - table.floor() > retention + HeaderTable.BLOCK) {
      table.prune(tip.height() - retention);
    }
    long deepest = tip.height() - maxReorgDepth;
    if (!side.isEmpty()) {
      side.values().removeIf(header -> header.height() < deepest);
    }
  }

  /** A header that does not follow the tip. */
  private Verdict<Boolean> addAside(long nowSeconds) {
    BlockHeader header = BlockHeader.of(Bytes.of(raw));
    byte[] id = header.id().toArray();
    if (side.containsKey(header.id()) || table.find(id, 0) >= 0) {
      return Verdict.accept(false);
    }
    Optional<StoredHeader> parent = known(header.previous());
    if (parent.isEmpty()) {
      return Verdict.reject(RejectionCode.BAD_PREV, "the parent of " + header + " is unknown");
    }
    List<StoredHeader> branch = branch(parent.get());
    // A branch whose own beginning has been forgotten leaves the chain too deep as well.
    Hash32 leaves = (branch.isEmpty() ? parent.get() : branch.getFirst()).header().previous();
    long fork = branch.isEmpty() ? parent.get().height() : table.find(leaves.toArray(), 0);
    if (fork < 0 || tip.height() - fork > maxReorgDepth) {
      return Verdict.reject(RejectionCode.REORG_TOO_DEEP, "the branch of " + header);
    }
    if (!agreesWithCheckpoint(parent.get().height() + 1, id)) {
      return Verdict.reject(RejectionCode.WRONG_CHAIN, header.toString());
    }
    return rules
        .check(parent.get(), header, nowSeconds)
        .then(
            stored -> {
              if (stored.chainWork().compareTo(tip.chainWork()) > 0) {
                branch.add(stored);
                switchTo(branch, fork);
                return Verdict.accept(true);
              }
              if (side.size() >= MAX_SIDE_HEADERS) {
                return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "too many side branches");
              }
              side.put(header.id(), stored);
              return Verdict.accept(true);
            });
  }

  private Optional<StoredHeader> known(Hash32 id) {
    Optional<StoredHeader> aside = Optional.ofNullable(side.get(id));
    if (aside.isPresent()) {
      return aside;
    }
    long height = table.find(id.toArray(), 0);
    return height < 0 ? Optional.empty() : stored(height);
  }

  /** The side headers up to {@code last}, from the one whose parent is on the best chain. */
  private List<StoredHeader> branch(StoredHeader last) {
    List<StoredHeader> branch = new ArrayList<>();
    Optional<StoredHeader> at = Optional.ofNullable(side.get(last.header().id()));
    while (at.isPresent()) {
      branch.addFirst(at.get());
      at = Optional.ofNullable(side.get(at.get().header().previous()));
    }
    return branch;
  }

  private void switchTo(List<StoredHeader> branch, long fork) {
    deepestReorg = Math.max(deepestReorg, tip.height() - fork);
    for (long height = fork + 1; height <= tip.height(); height++) {
      stored(height).ifPresent(left -> side.put(left.header().id(), left));
    }
    table.truncate(fork + 1);
    for (StoredHeader header : branch) {
      side.remove(header.header().id());
      table.append(header.header().raw().toArray(), header.header().id().toArray());
    }
    tip.reset(branch.getLast());
  }

  /**
   * A header of the best chain with the context that its child is checked by. Empty where the
   * context has been pruned.
   */
  public Optional<StoredHeader> stored(long height) {
    if (height < table.floor() || height >= table.next()) {
      return Optional.empty();
    }
    if (height == start.height()) {
      return Optional.of(start);
    }
    return new ContextReader(rules.parameters(), start, table).at(height, tip);
  }

  public HeaderRef head() {
    long height = tip.height();
    return new HeaderRef(height, table.id(height), table.time(height));
  }

  /** Work of the best chain. */
  public BigInteger chainWork() {
    return tip.chainWork();
  }

  /** A header of the best chain, if it is kept. */
  public Optional<BlockHeader> header(long height) {
    return height < table.floor() || height >= table.next()
        ? Optional.empty()
        : Optional.of(table.header(height));
  }

  /** Height of a header of the best chain, if it is kept. */
  public Optional<Long> heightOf(Hash32 id) {
    long height = table.find(id.toArray(), 0);
    return height < 0 ? Optional.empty() : Optional.of(height);
  }

  /** Lowest height that is kept. */
  public long floor() {
    return table.floor();
  }

  /** Blocks that the deepest reorganisation so far disconnected. */
  public long deepestReorg() {
    return deepestReorg;
  }

  /** Bytes of memory for each header that is kept, side branches left out. */
  public double bytesPerHeader() {
    return (double) table.memory() / (table.next() - table.floor());
  }
}
