package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.HeaderSource.HeaderEvent;
import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Turns looks at the best chain into a gap-free sequence of events. One look is {@link #advance};
 * events are returned only when everything that they need was read, so that a failure in between
 * changes nothing.
 */
final class HeaderFollower {
  /** Longest reorganisation that is told as one, blocks; a deeper one is a gap. */
  static final int MAX_REORG = 2_016;

  /** Headers of one look; the rest follows with the next. */
  static final int MAX_HEADERS = 2_000;

  /** How far below the lost place the source starts again, blocks. */
  private static final int REWIND = 100;

  private final HeaderReader chain;
  private final UnaryOperator<List<RawHeader>> form;
  private final int confirmations;
  private final TreeMap<Long, HeaderRef> known = new TreeMap<>();
  private long finalizedHeight = -1;

  /**
   * @param form makes of headers what the light client takes
   */
  HeaderFollower(
      HeaderReader chain, UnaryOperator<List<RawHeader>> form, int confirmations, HeaderRef from) {
    this.chain = chain;
    this.form = form;
    this.confirmations = confirmations;
    known.put(from.height(), from);
  }

  /** Looks at the chain once. Not thread-safe. */
  List<HeaderEvent> advance() {
    RawHeader tip = chain.tip();
    List<HeaderEvent> events = new ArrayList<>();
    if (!known.lastEntry().getValue().id().equals(tip.ref().id())) {
      Optional<HeaderRef> ancestor = commonAncestor(tip);
      if (ancestor.isEmpty()) {
        return startAgain(tip);
      }
      HeaderRef common = ancestor.get();
      long depth = known.lastKey() - common.height();
      // a tip that we told already, but not as the last: the nodes lag, no block was replaced yet
      if (depth == 0 || tip.ref().height() > common.height()) {
        List<RawHeader> added = next(common, tip);
        if (depth > 0) {
          events.add(new HeaderEvent.Reorganized(common, depth));
          known.tailMap(common.height(), false).clear();
          known.put(common.height(), common);
        }
        for (RawHeader header : added) {
          events.add(new HeaderEvent.Added(header));
          known.put(header.ref().height(), header.ref());
        }
      }
    }
    finalized().ifPresent(events::add);
    forget();
    return events;
  }

  private List<RawHeader> next(HeaderRef common, RawHeader tip) {
    long from = common.height() + 1;
    if (from > tip.ref().height()) {
      return List.of();
    }
    long to = Math.min(tip.ref().height(), common.height() + MAX_HEADERS);
    RawHeader last = to == tip.ref().height() ? tip : chain.at(to);
    List<RawHeader> headers = chain.range(from, last);
    if (!headers.getFirst().parent().equals(common.id())) {
      throw BitcoinRpc.malformed("the chain moved while it was read");
    }
    return form.apply(headers);
  }

  /** The highest block that we told and that is on the chain of {@code tip}. */
  private Optional<HeaderRef> commonAncestor(RawHeader tip) {
    long lowest = Math.max(0, known.lastKey() - MAX_REORG);
    for (Map.Entry<Long, HeaderRef> entry : known.descendingMap().entrySet()) {
      if (entry.getKey() <= tip.ref().height() && isOnChain(entry.getValue(), tip)) {
        return Optional.of(entry.getValue());
      }
    }
    // below the first block that we were told of: by the parents that the nodes remember
    HeaderRef at = known.firstEntry().getValue();
    Hash32 id = at.id();
    for (long height = at.height(); height > lowest; height--) {
      Optional<BlockHeader> header = chain.byHash(id);
      if (header.isEmpty()) {
        return Optional.empty();
      }
      id = header.get().previous();
      if (height - 1 <= tip.ref().height()) {
        HeaderRef there = chain.at(height - 1).ref();
        if (there.id().equals(id)) {
          return Optional.of(there);
        }
      }
    }
    return Optional.empty();
  }

  private boolean isOnChain(HeaderRef block, RawHeader tip) {
    return block.height() == tip.ref().height()
        ? block.id().equals(tip.ref().id())
        : chain.hashAt(block.height()).equals(block.id());
  }

  private List<HeaderEvent> startAgain(RawHeader tip) {
    long height = Math.max(0, Math.min(known.firstKey(), tip.ref().height()) - REWIND);
    HeaderRef resumed = chain.at(height).ref();
    known.clear();
    known.put(height, resumed);
    finalizedHeight = -1;
    return List.of(new HeaderEvent.Gap(resumed));
  }

  private Optional<HeaderEvent> finalized() {
    long height = known.lastKey() - confirmations + 1;
    HeaderRef block = known.get(height);
    if (height <= finalizedHeight || block == null) {
      return Optional.empty();
    }
    finalizedHeight = height;
    return Optional.of(new HeaderEvent.Finalized(block));
  }

  private void forget() {
    known.headMap(known.lastKey() - MAX_REORG, false).clear();
  }
}
