package dev.trestle.adapter.ethereum;

import dev.trestle.adapter.HeaderSource.HeaderEvent;
import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.lightclient.HeaderRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Turns looks at the best chain into a gap-free sequence of events. One look is {@link #advance};
 * what it returns is also what it remembers, so that a failure on the way changes nothing.
 */
final class HeaderFollower {
  /** Headers remembered: a reorganisation below them is a gap. */
  static final int MEMORY = 1_024;

  /** Headers of one look; the rest follows with the next. */
  private static final int STEP = 500;

  /** How far below the lost place the source starts again, blocks. */
  private static final int REWIND = 64;

  private final ChainReader chain;
  private final TreeMap<Long, HeaderRef> known = new TreeMap<>();
  private long finalizedHeight = -1;

  HeaderFollower(ChainReader chain, HeaderRef from) {
    this.chain = chain;
    known.put(from.height(), from);
  }

  /** Looks at the chain once. Not thread-safe. */
  List<HeaderEvent> advance() {
    RawHeader tip = chain.tip();
    Optional<HeaderRef> ancestor = commonAncestor(tip);
    if (ancestor.isEmpty()) {
      return startAgain(tip);
    }
    HeaderRef common = ancestor.get();
    long dropped = known.lastKey() - common.height();
    List<HeaderEvent> events = new ArrayList<>();
    // a tip below our last block and on its chain: the nodes lag, nothing was replaced yet
    boolean lagging = dropped > 0 && common.id().equals(tip.ref().id());
    if (!lagging) {
      List<RawHeader> added = after(common, tip);
      Optional<RawHeader> finalized = newlyFinal(added, common);
      if (dropped > 0) {
        events.add(new HeaderEvent.Reorganized(common, dropped));
        known.tailMap(common.height(), false).clear();
      }
      for (RawHeader header : added) {
        events.add(new HeaderEvent.Added(header));
        known.put(header.ref().height(), header.ref());
      }
      finalized.ifPresent(
          header -> {
            finalizedHeight = header.ref().height();
            events.add(new HeaderEvent.Finalized(header.ref()));
          });
      known.headMap(known.lastKey() - MEMORY, false).clear();
    }
    return events;
  }

  private List<RawHeader> after(HeaderRef common, RawHeader tip) {
    long to = Math.min(tip.ref().height(), common.height() + STEP);
    if (to == common.height()) {
      return List.of();
    }
    RawHeader last = to == tip.ref().height() ? tip : chain.at(to);
    List<RawHeader> headers = chain.range(common.height() + 1, last);
    if (!headers.getFirst().parent().equals(common.id())) {
      throw Json.malformed("the chain moved while it was read");
    }
    return headers;
  }

  /** The final head, if it is new and on the chain that is told. */
  private Optional<RawHeader> newlyFinal(List<RawHeader> added, HeaderRef common) {
    RawHeader header = chain.finalized();
    HeaderRef told = header.ref();
    boolean onChain =
        added.contains(header)
            || (told.height() <= common.height() && told.equals(known.get(told.height())));
    return told.height() > finalizedHeight && onChain ? Optional.of(header) : Optional.empty();
  }

  /** The highest block that we told and that is on the chain of {@code tip}. */
  private Optional<HeaderRef> commonAncestor(RawHeader tip) {
    for (HeaderRef block : known.descendingMap().values()) {
      if (block.height() < tip.ref().height()
          ? chain.at(block.height()).ref().equals(block)
          : block.equals(tip.ref())) {
        return Optional.of(block);
      }
    }
    return Optional.empty();
  }

  private List<HeaderEvent> startAgain(RawHeader tip) {
    long height = Math.max(0, Math.min(known.firstKey(), tip.ref().height()) - REWIND);
    HeaderRef resumed = chain.at(height).ref();
    known.clear();
    known.put(height, resumed);
    finalizedHeight = -1;
    return List.of(new HeaderEvent.Gap(resumed));
  }
}
