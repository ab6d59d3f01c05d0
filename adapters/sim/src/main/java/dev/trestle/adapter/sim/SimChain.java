package dev.trestle.adapter.sim;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.ChainProfile;
import dev.trestle.adapter.ChainProfile.Finality;
import dev.trestle.adapter.sim.SimTransaction.Signatures;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A chain in memory, shared by all adapters that connect to it. Nothing happens by itself: the test
 * mines blocks, reorganises and moves the clock. Deterministic; safe to use from several threads.
 */
public final class SimChain {
  /** How balances and locks work. */
  public enum Flavor {
    /** Unspent outputs, scripts, and a clock that is the median of the last 11 blocks (BIP-113). */
    UTXO,
    /** Accounts with nonces and a lock contract; the clock is the best block's timestamp. */
    ACCOUNT
  }

  private static final int MEDIAN_SPAN = 11;
  private static final int FINAL_BY_CHAIN = 2;

  private final ReentrantLock lock = new ReentrantLock();
  private final ChainProfile profile;
  private final Flavor flavor;
  private final LongSupplier clock;
  private final Signatures signatures;
  private final List<Grant> grants = new ArrayList<>();
  private final List<Block> blocks = new ArrayList<>();
  private final Map<Hash32, SimTransaction> mempool = new LinkedHashMap<>();
  private final Map<Hash32, Included> included = new LinkedHashMap<>();
  private final Map<Bytes, SimTransaction> read = new HashMap<>();
  private final Map<Hash32, EcdsaSignature> verified = new HashMap<>();
  private final List<Consumer<ChainChange>> listeners = new CopyOnWriteArrayList<>();
  private SimLedger ledger;
  private long branch;
  private boolean usable = true;
  private Amount fee = Amount.of(10);

  /** A block; its identifier commits to its parent. */
  public record Block(
      long height, Hash32 id, Hash32 parent, long timestampSeconds, List<Hash32> transactions) {
    Bytes header() {
      CanonicalWriter out = new CanonicalWriter().u64(height).hash(parent).u64(timestampSeconds);
      return out.list(transactions, CanonicalWriter::hash).toBytes();
    }
  }

  /** Where a transaction stands on the best branch. */
  record Included(SimTransaction transaction, long height, Hash32 blockId, boolean success) {}

  /** What happened to the best branch: {@code depth} blocks went, {@code added} came. */
  record ChainChange(long commonAncestor, long depth, List<Block> added) {}

  private record Grant(Hash32 id, Bytes owner, Amount amount) {}

  /**
   * @param clock true time in seconds; block timestamps come from it
   */
  public SimChain(ChainProfile profile, Flavor flavor, LongSupplier clock) {
    this(profile, flavor, clock, Signatures.ECDSA);
  }

  /** As {@link #SimChain(ChainProfile, Flavor, LongSupplier)}, with a choice of signatures. */
  public SimChain(ChainProfile profile, Flavor flavor, LongSupplier clock, Signatures signatures) {
    this.signatures = signatures;
    this.profile = profile;
    this.flavor = flavor;
    this.clock = clock;
    this.ledger = newLedger();
    for (int i = 0; i < MEDIAN_SPAN; i++) {
      append(List.of());
    }
  }

  private SimLedger newLedger() {
    return flavor == Flavor.UTXO
        ? new UtxoLedger()
        : new AccountLedger(profile.timing().softExpiry());
  }

  public ChainProfile profile() {
    return profile;
  }

  public Flavor flavor() {
    return flavor;
  }

  /** Gives coins that were always there: no reorganisation takes them. */
  public void grant(Bytes owner, Amount amount) {
    locked(
        () -> {
          Hash32 id = Digests.sha256(Bytes.utf8("grant " + grants.size()), owner);
          grants.add(new Grant(id, owner, amount));
          ledger.mint(id, owner, amount);
          return true;
        });
  }

  /** Mines one block with everything that is valid. */
  public Block mine() {
    return mine(tx -> true);
  }

  /** Mines one block with what is valid and {@code accept} lets in. */
  public Block mine(Predicate<SimTransaction> accept) {
    return locked(
        () -> {
          Block block = append(select(accept));
          dropImpossible();
          tell(new ChainChange(block.height() - 1, 0, List.of(block)));
          return block;
        });
  }

  /** Applies what fits, in the order of arrival, until nothing more does. */
  private List<SimTransaction> select(Predicate<SimTransaction> accept) {
    List<SimTransaction> chosen = new ArrayList<>();
    long time = flavor == Flavor.UTXO ? chainTime() : clock.getAsLong();
    boolean progress = true;
    while (progress) {
      progress = false;
      for (SimTransaction tx : List.copyOf(mempool.values())) {
        boolean open = !chosen.contains(tx) && accept.test(tx);
        SimLedger.Outcome outcome = open ? ledger.check(tx, time) : null;
        if (outcome instanceof SimLedger.Outcome.Ok
            || outcome instanceof SimLedger.Outcome.Reverts) {
          ledger.apply(tx, time);
          boolean success = outcome instanceof SimLedger.Outcome.Ok;
          included.put(tx.id(), new Included(tx, blocks.size(), Hash32.ZERO, success));
          chosen.add(tx);
          progress = true;
        }
      }
    }
    return chosen;
  }

  private Block append(List<SimTransaction> transactions) {
    long height = blocks.size();
    Hash32 parent = blocks.isEmpty() ? Hash32.ZERO : blocks.getLast().id();
    long least = blocks.isEmpty() ? 0 : blocks.getLast().timestampSeconds();
    List<Hash32> ids = transactions.stream().map(SimTransaction::id).toList();
    Block draft = new Block(height, Hash32.ZERO, parent, Math.max(least, clock.getAsLong()), ids);
    Hash32 id = Digests.sha256(draft.header(), new CanonicalWriter().u64(branch).toBytes());
    Block block = new Block(height, id, parent, draft.timestampSeconds(), ids);
    blocks.add(block);
    for (Hash32 each : ids) {
      included.computeIfPresent(
          each, (key, old) -> new Included(old.transaction(), height, id, old.success()));
      mempool.remove(each);
    }
    return block;
  }

  private void dropImpossible() {
    long time = chainTime();
    mempool.values().removeIf(tx -> ledger.check(tx, time) instanceof SimLedger.Outcome.Never);
  }

  /**
   * Replaces the newest {@code depth} blocks by {@code depth + 1} empty ones. Their transactions go
   * back to the mempool if {@code keep} says so.
   */
  public void reorganize(int depth, Predicate<SimTransaction> keep) {
    locked(
        () -> {
          if (depth < 1 || depth > blocks.size() - MEDIAN_SPAN) {
            throw new IllegalArgumentException("cannot take back " + depth + " blocks");
          }
          branch++;
          Map<Hash32, SimTransaction> waiting = new LinkedHashMap<>(mempool);
          mempool.clear();
          for (int i = 0; i < depth; i++) {
            for (Hash32 id : blocks.removeLast().transactions()) {
              Included back = included.remove(id);
              if (back != null && keep.test(back.transaction())) {
                mempool.put(id, back.transaction());
              }
            }
          }
          mempool.putAll(waiting);
          rebuild();
          long ancestor = blocks.size() - 1L;
          List<Block> added = new ArrayList<>();
          for (int i = 0; i <= depth; i++) {
            added.add(append(List.of()));
          }
          dropImpossible();
          tell(new ChainChange(ancestor, depth, added));
          return true;
        });
  }

  /** As {@link #reorganize(int, Predicate)}, every transaction going back to the mempool. */
  public void reorganize(int depth) {
    reorganize(depth, tx -> true);
  }

  private void rebuild() {
    ledger = newLedger();
    grants.forEach(grant -> ledger.mint(grant.id(), grant.owner(), grant.amount()));
    for (Block block : List.copyOf(blocks)) {
      long time =
          flavor == Flavor.UTXO ? medianAt((int) block.height() - 1) : block.timestampSeconds();
      for (Hash32 id : block.transactions()) {
        Included there = included.get(id);
        if (there == null) {
          throw new IllegalStateException("a block without its transaction");
        }
        ledger.apply(there.transaction(), time);
      }
    }
  }

  /** Forgets transactions that are not mined, as full or restarted nodes do. */
  public void evict(Predicate<SimTransaction> which) {
    locked(() -> mempool.values().removeIf(which));
  }

  /** What waits to be mined, oldest first. */
  public List<SimTransaction> mempool() {
    return locked(() -> List.copyOf(mempool.values()));
  }

  /** What is mined, oldest first. */
  public List<SimTransaction> mined() {
    return locked(() -> included.values().stream().map(Included::transaction).toList());
  }

  Signatures signatures() {
    return signatures;
  }

  /** As {@link #broadcast(SimTransaction)}; the same bytes are read once. */
  Hash32 broadcast(Bytes raw) {
    return locked(() -> broadcast(read.computeIfAbsent(raw, SimTransaction::parse)));
  }

  /** Takes a signed transaction as a node does; what it knows already is a success. */
  Hash32 broadcast(SimTransaction tx) {
    return locked(
        () -> {
          Hash32 id = tx.id();
          if (included.containsKey(id) || mempool.containsKey(id)) {
            return id;
          }
          // a node that is sent the same bytes again and again does not check them each time
          if (!tx.signature().equals(verified.get(id)) && !signatures.isSigned(tx)) {
            throw new AdapterException(AdapterError.REJECTED_BY_CHAIN, "wrong signature");
          }
          verified.put(id, tx.signature());
          switch (ledger.check(tx, chainTime())) {
            case SimLedger.Outcome.Ok ok -> admit(tx);
            case SimLedger.Outcome.Reverts(AdapterError error) -> throw refused(error);
            case SimLedger.Outcome.Never(AdapterError error) -> throw refused(error);
            case SimLedger.Outcome.NotNow(AdapterError error) -> {
              if (error != AdapterError.NOT_FOUND) {
                throw refused(error);
              }
              admit(tx); // waits for another transaction
            }
          }
          return id;
        });
  }

  /** Replace-by-fee: a conflicting transaction gives way to one that pays more. */
  private void admit(SimTransaction tx) {
    for (SimTransaction other : List.copyOf(mempool.values())) {
      if (ledger.firstConflict(tx, other).isPresent()) {
        if (!tx.body().fee().isMoreThan(other.body().fee())) {
          throw new AdapterException(AdapterError.REJECTED_BY_CHAIN, "replacement underpriced");
        }
        mempool.remove(other.id());
      }
    }
    mempool.put(tx.id(), tx);
  }

  private static AdapterException refused(AdapterError error) {
    return new AdapterException(error, "refused by the chain");
  }

  /** The clock that lock times and expiries are compared with. */
  public long chainTime() {
    return locked(
        () ->
            flavor == Flavor.UTXO
                ? medianAt(blocks.size() - 1)
                : blocks.getLast().timestampSeconds());
  }

  private long medianAt(int height) {
    List<Long> times = new ArrayList<>();
    for (int i = Math.max(0, height - MEDIAN_SPAN + 1); i <= height; i++) {
      times.add(blocks.get(i).timestampSeconds());
    }
    times.sort(Long::compare);
    return times.isEmpty() ? 0 : times.get(times.size() / 2);
  }

  public long head() {
    return locked(() -> blocks.size() - 1L);
  }

  Block block(long height) {
    return locked(
        () -> {
          if (height < 0 || height >= blocks.size()) {
            throw new AdapterException(AdapterError.NOT_FOUND, "no block " + height);
          }
          return blocks.get((int) height);
        });
  }

  long confirmations(long height) {
    return locked(() -> blocks.size() - height);
  }

  /** Blocks on top, the block itself included, that make it irreversible. */
  public int finalDepth() {
    return switch (profile.finality()) {
      case Finality.Depth(int confirmations) -> confirmations;
      case Finality.ByChain byChain -> FINAL_BY_CHAIN;
    };
  }

  Optional<Included> find(Hash32 id) {
    return locked(() -> Optional.ofNullable(included.get(id)));
  }

  boolean isPending(Hash32 id) {
    return locked(() -> mempool.containsKey(id));
  }

  /** Balance of a key's identity, mined transactions only. */
  public Amount balance(Bytes owner) {
    return locked(() -> ledger.balance(owner));
  }

  /** Reads several things at one moment. */
  <T> T read(Function<SimLedger, T> reader) {
    return locked(() -> reader.apply(ledger));
  }

  List<Included> allIncluded() {
    return locked(() -> List.copyOf(included.values()));
  }

  /** What every transaction pays from now on. */
  public void setFee(Amount newFee) {
    locked(() -> fee = newFee);
  }

  public Amount fee() {
    return locked(() -> fee);
  }

  /** Whether health checks find the chain usable. */
  public void setUsable(boolean value) {
    locked(() -> usable = value);
  }

  boolean isUsable() {
    return locked(() -> usable);
  }

  long ageSeconds() {
    return locked(() -> Math.max(0, clock.getAsLong() - blocks.getLast().timestampSeconds()));
  }

  AutoCloseable listen(Consumer<ChainChange> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  private void tell(ChainChange change) {
    listeners.forEach(listener -> listener.accept(change));
  }

  private <T> T locked(Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }
}
