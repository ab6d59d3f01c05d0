package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.TimeSource;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.bitcoin.script.OutputScript;
import dev.trestle.lightclient.bitcoin.script.TaprootOutput;
import dev.trestle.lightclient.bitcoin.script.TaprootWitness;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.OutPoint;
import dev.trestle.lightclient.bitcoin.tx.TxInput;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Outputs of watched scripts and what spends them, found by reading blocks: the node's wallet is
 * never used. Newly watched scripts are searched for backwards over a window of blocks. Of what is
 * older the unspent outputs are found ({@code scantxoutset}), and of P2WSH scripts and Taproot
 * locks those that were spent within the window, by the script that spending them shows. A
 * reorganisation takes back what the lost blocks brought. What only custody asks for is forgotten
 * when it stops: see {@link WatchList}.
 *
 * <p>One look serves every caller that came before it began. Methods block: they are for virtual
 * threads.
 */
final class ScriptIndex {
  /** Blocks handled at once, so that a failure does not lose all. */
  private static final int CHUNK = 500;

  /** Bytes of a compressed key, the last witness item of most spendings. */
  private static final int KEY_SIZE = 33;

  private final ReentrantLock lock = new ReentrantLock(true);
  private final ChainReader chain;
  private final BlockReader blocks;
  private final UnspentScan unspent;
  private final Mempool mempool;
  private final int window;

  private final TreeMap<Long, RawHeader> scanned = new TreeMap<>();
  private final WatchList watch;
  private final Map<OutPoint, Output> outputs = new HashMap<>();
  private final Map<OutPoint, Spend> spends = new HashMap<>();
  private List<Mempool.Pending> pending = List.of();
  private long lookBegan = System.nanoTime();

  ScriptIndex(
      ChainReader chain, BlockReader blocks, EndpointPool pool, int window, TimeSource time) {
    this.watch = new WatchList(time);
    this.chain = chain;
    this.blocks = blocks;
    this.unspent = new UnspentScan(pool);
    this.mempool = new Mempool(pool);
    this.window = window;
  }

  /** Height of what is only in the mempool. */
  static final long PENDING = Long.MAX_VALUE;

  /**
   * @param position in the block
   * @param maturity confirmations from which the next block may spend it
   */
  record Output(
      OutPoint outPoint, Bytes script, long value, long height, int position, long maturity) {
    private static final Comparator<Output> OLDEST_FIRST =
        Comparator.comparingLong(Output::height)
            .thenComparingInt(Output::position)
            .thenComparing(Output::outPoint);
  }

  /**
   * A transaction that spends an output.
   *
   * @param transaction with the witness that one node gave; it may have lied about it
   * @param votes nodes that have it; all where it is in a block
   */
  record Spend(Hash32 id, BitcoinTransaction transaction, long height, int votes) {
    boolean isConfirmed() {
      return height != PENDING;
    }
  }

  /**
   * @param spends the one in a block, or all that wait in a mempool
   */
  record Found(Output output, int votes, List<Spend> spends) {
    Optional<Spend> confirmedSpend() {
      return spends.stream().filter(Spend::isConfirmed).findFirst();
    }
  }

  /**
   * What was seen in one look.
   *
   * @param medianTimePast of the tip, Unix seconds
   * @param found oldest first, the mempool last
   */
  record View(HeaderRef tip, long medianTimePast, int quorum, List<Found> found) {
    /** Including the block itself; 0 in the mempool. */
    long confirmations(long height) {
      return height == PENDING ? 0 : tip.height() - height + 1;
    }

    /** In a block, or in the mempools of more than half of the nodes. */
    boolean isSpent(Found output) {
      return output.spends().stream().anyMatch(spend -> spend.votes() >= quorum);
    }
  }

  /** Everything of {@code script}, as it is now; it is watched from now on. */
  View look(Bytes script) {
    return Objects.requireNonNull(look(Set.of(script), true).get(script));
  }

  /** Everything of each of {@code scripts}, as it is now; watched while they are asked for. */
  Map<Bytes, View> lookForNow(Set<Bytes> scripts) {
    return look(scripts, false);
  }

  private Map<Bytes, View> look(Set<Bytes> scripts, boolean forGood) {
    long came = System.nanoTime();
    watch.want(scripts, forGood);
    lock.lock();
    try {
      if (!watch.watched().containsAll(scripts) || lookBegan - came < 0 || scanned.isEmpty()) {
        long began = System.nanoTime();
        // the mempool before the blocks: what is mined in between is then seen in both, not in none
        pending = mempool.refresh();
        if (follow()) {
          pending = mempool.refresh(); // what the lost blocks held waits again
        }
        watchWanted();
        lookBegan = began;
      }
      if (!watch.watched().containsAll(scripts)) {
        throw new AdapterException(AdapterError.NODE_ERROR, "too many scripts are watched");
      }
      return views(scripts);
    } finally {
      lock.unlock();
    }
  }

  /** Searches for all scripts at once that callers wait for. */
  private void watchWanted() {
    WatchList.Change change = watch.take();
    if (!change.forgotten().isEmpty()) {
      outputs.values().removeIf(output -> change.forgotten().contains(output.script()));
      spends.keySet().retainAll(outputs.keySet());
    }
    searchBack(change.fresh());
    watch.searched(change); // only now: a search that fails is made again
  }

  /** Catches up with the tip; whether blocks were lost on the way. */
  private boolean follow() {
    RawHeader tip = chain.tip();
    boolean lost = rollBack(tip);
    if (scanned.isEmpty()) {
      long from = Math.max(0, tip.ref().height() - window + 1);
      // scripts watched before have lost all that was known of them
      Set<Bytes> again = watch.lose();
      outputs.clear();
      spends.clear();
      chain.range(from, tip).forEach(header -> scanned.put(header.ref().height(), header));
      searchBack(again);
      watch.watched().addAll(again);
      return lost;
    }
    while (scanned.lastKey() < tip.ref().height()) {
      long to = Math.min(tip.ref().height(), scanned.lastKey() + CHUNK);
      RawHeader last = to == tip.ref().height() ? tip : chain.at(to);
      List<RawHeader> next = chain.range(scanned.lastKey() + 1, last);
      if (!next.getFirst().parent().equals(scanned.lastEntry().getValue().ref().id())) {
        throw BitcoinRpc.malformed("the chain moved while it was read");
      }
      for (BlockReader.Block block : blocks.read(next)) {
        apply(block, watch.watched());
        scanned.put(block.header().ref().height(), block.header());
      }
    }
    scanned.headMap(scanned.lastKey() - Math.max(window, HeaderFollower.MAX_REORG)).clear();
    return lost;
  }

  private boolean rollBack(RawHeader tip) {
    boolean any = false;
    while (!scanned.isEmpty() && !isOnChain(scanned.lastEntry().getValue().ref(), tip)) {
      long lost = scanned.pollLastEntry().getKey();
      outputs.values().removeIf(output -> output.height() >= lost);
      spends.values().removeIf(spend -> spend.height() >= lost);
      any = true;
    }
    return any;
  }

  private boolean isOnChain(HeaderRef block, RawHeader tip) {
    if (block.height() >= tip.ref().height()) {
      return block.equals(tip.ref());
    }
    return chain.hashAt(block.height()).equals(block.id());
  }

  private void searchBack(Set<Bytes> scripts) {
    if (scripts.isEmpty()) {
      return;
    }
    long base = scanned.firstKey();
    if (base > 0) {
      for (Output old : unspent.below(base, scanned.lastKey(), scripts)) {
        outputs.putIfAbsent(old.outPoint(), old);
      }
    }
    List<RawHeader> all = List.copyOf(scanned.values());
    for (int from = 0; from < all.size(); from += CHUNK) {
      List<RawHeader> part = all.subList(from, Math.min(from + CHUNK, all.size()));
      blocks.read(part).forEach(block -> apply(block, scripts));
    }
  }

  private void apply(BlockReader.Block block, Set<Bytes> scripts) {
    long height = block.header().ref().height();
    for (int i = 0; i < block.ids().size(); i++) {
      Hash32 id = block.ids().get(i);
      BitcoinTransaction transaction = block.transactions().get(i);
      for (var input : transaction.inputs()) {
        Output spent = outputs.get(input.outPoint());
        if (spent == null) {
          spent = older(input, scripts);
        }
        if (spent != null && scripts.contains(spent.script())) {
          spends.put(input.outPoint(), new Spend(id, transaction, height, Integer.MAX_VALUE));
        }
      }
      for (Output output : outputsOf(id, transaction, height, i)) {
        if (scripts.contains(output.script())) {
          outputs.put(output.outPoint(), output);
        }
      }
    }
  }

  /**
   * An output from before the window that {@code input} spends: its own script is in the witness,
   * or follows from it. Its height is known no better than that. A spending by key shows nothing of
   * its output; whoever helped to sign it knows its id.
   */
  private @Nullable Output older(TxInput input, Set<Bytes> scripts) {
    long base = scanned.firstKey();
    if (base == 0 || input.witness().isEmpty()) {
      return null;
    }
    Bytes script =
        shown(input.witness()).stream().filter(scripts::contains).findFirst().orElse(null);
    if (script == null) {
      return null;
    }
    Output found = unspent.spent(input.outPoint(), script, base - 1).orElse(null);
    if (found != null) {
      outputs.put(found.outPoint(), found);
    }
    return found;
  }

  /** The output scripts that a witness may show. */
  private static List<Bytes> shown(List<Bytes> witness) {
    List<Bytes> scripts = new ArrayList<>();
    if (witness.getLast().size() > KEY_SIZE) {
      scripts.add(OutputScript.p2wsh(witness.getLast()));
    }
    if (TaprootWitness.read(witness).orElse(null)
            instanceof TaprootWitness.ScriptPath(var stack, Bytes script, Bytes control, var annex)
        && TaprootLock.isShape(script, control)) {
      TaprootOutput.scriptOf(script, control).ifPresent(scripts::add);
    }
    return scripts;
  }

  private static List<Output> outputsOf(
      Hash32 id, BitcoinTransaction transaction, long height, int position) {
    List<Output> all = new ArrayList<>();
    long maturity = WireTransactions.maturity(transaction);
    for (int i = 0; i < transaction.outputs().size(); i++) {
      var output = transaction.outputs().get(i);
      all.add(
          new Output(
              new OutPoint(id, i), output.script(), output.value(), height, position, maturity));
    }
    return all;
  }

  /** Outputs of the scripts, in one pass over all that is known. */
  private Map<Bytes, View> views(Set<Bytes> scripts) {
    Map<OutPoint, Output> mine = new HashMap<>();
    for (Output output : outputs.values()) {
      if (scripts.contains(output.script())) {
        mine.put(output.outPoint(), output);
      }
    }
    Map<OutPoint, Integer> votes = new HashMap<>();
    for (Mempool.Pending entry : pending) {
      for (Output output : outputsOf(entry.id(), entry.transaction(), PENDING, 0)) {
        if (scripts.contains(output.script()) && !outputs.containsKey(output.outPoint())) {
          mine.put(output.outPoint(), output);
          votes.put(output.outPoint(), entry.votes());
        }
      }
    }
    Map<OutPoint, List<Spend>> waiting = new HashMap<>();
    for (Mempool.Pending entry : pending) {
      for (TxInput input : entry.transaction().inputs()) {
        if (mine.containsKey(input.outPoint())) {
          waiting
              .computeIfAbsent(input.outPoint(), absent -> new ArrayList<>())
              .add(new Spend(entry.id(), entry.transaction(), PENDING, entry.votes()));
        }
      }
    }
    Map<Bytes, List<Found>> found = new HashMap<>();
    scripts.forEach(script -> found.put(script, new ArrayList<>()));
    mine.values().stream()
        .sorted(Output.OLDEST_FIRST)
        .forEach(
            output ->
                Objects.requireNonNull(found.get(output.script()))
                    .add(
                        new Found(
                            output,
                            votes.getOrDefault(output.outPoint(), Integer.MAX_VALUE),
                            spendsOf(output, waiting))));
    HeaderRef tip = scanned.lastEntry().getValue().ref();
    long medianTimePast = medianTimePast();
    Map<Bytes, View> views = new HashMap<>();
    found.forEach(
        (script, list) ->
            views.put(script, new View(tip, medianTimePast, mempool.quorum(), List.copyOf(list))));
    return views;
  }

  private List<Spend> spendsOf(Output output, Map<OutPoint, List<Spend>> waiting) {
    Spend confirmed = spends.get(output.outPoint());
    return confirmed != null
        ? List.of(confirmed)
        : List.copyOf(waiting.getOrDefault(output.outPoint(), List.of()));
  }

  private long medianTimePast() {
    List<Long> times =
        scanned.tailMap(scanned.lastKey() - ChainReader.MEDIAN_SPAN + 1).values().stream()
            .map(header -> header.ref().timestampSeconds())
            .toList();
    return ChainReader.median(times);
  }
}
