package dev.trestle.notary;

import dev.trestle.adapter.Async;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.MessageSource.SourceEvent;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.MessageRules;
import dev.trestle.lightclient.MessageRules.ChainMessage;
import dev.trestle.lightclient.ProvenFact;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the member's own node says about one bridge contract: its messages in blocks that are final
 * there. Built from the chain alone, in memory, from the first height on. Not thread-safe.
 */
final class OwnView {
  /** Blocks read in one go. */
  private static final long STEP = 1_000;

  private final ChainAdapter adapter;
  private final MessageRules rules;
  private final Bytes bridge;
  private final SortedMap<Hash32, Burn> burns = new TreeMap<>();
  private final SortedMap<Hash32, Outcome> outcomes = new TreeMap<>();
  private final NavigableSet<Long> heights = new TreeSet<>();
  private final NavigableSet<Hash32> contradicted = new TreeSet<>();
  private long next;
  private long finalHeight = -1;
  private Optional<HeaderRef> caughtUpWith = Optional.empty();

  OwnView(ChainAdapter adapter, MessageRules rules, Bytes bridge, long firstHeight) {
    this.adapter = adapter;
    this.rules = rules;
    this.bridge = bridge;
    this.next = firstHeight;
  }

  /** A burn and where it stands. */
  record Burn(ChainMessage.TransferSent message, SourceEvent event) {}

  /** What became of a packet, and where it says so. */
  record Outcome(ChainMessage.PacketReceived message, SourceEvent event) {}

  /** Cause under which the relay chain files the release of a burn. */
  static Hash32 cause(Hash32 lane, long sequence) {
    return Digests.sha256(new CanonicalWriter().hash(lane).u64(sequence).toBytes());
  }

  /**
   * Reads on up to the newest final block, at most one step.
   *
   * @throws dev.trestle.adapter.AdapterException when the node does not answer
   */
  void advance() {
    HeaderRef finalized = Async.await(adapter.headers().finalized()).ref();
    finalHeight = finalized.height();
    long to = Math.min(finalHeight, next + STEP - 1);
    if (to < next) {
      return;
    }
    List<SourceEvent> events = Async.await(adapter.messages().replay(bridge, next, to));
    for (SourceEvent event : events) {
      if (event.block().height() < next || event.block().height() > to) {
        continue; // not what was asked for
      }
      if (read(event) instanceof Verdict.Accepted<ChainMessage>(ChainMessage message)) {
        remember(event, message);
      }
    }
    next = to + 1;
    if (to == finalHeight) {
      caughtUpWith = Optional.of(finalized);
    }
  }

  /** The contract that is read. */
  Bytes bridge() {
    return bridge;
  }

  /** Blocks up to here are final, and their messages are known. */
  long readUpTo() {
    return Math.min(finalHeight, next - 1);
  }

  /** The newest final block up to which all messages are known. */
  Optional<HeaderRef> caughtUpWith() {
    return caughtUpWith;
  }

  /** Heights with messages, ascending. */
  NavigableSet<Long> messageHeights() {
    return heights;
  }

  Optional<Burn> burn(Hash32 cause) {
    return Optional.ofNullable(burns.get(cause));
  }

  Optional<Outcome> outcome(Hash32 packetId) {
    return Optional.ofNullable(outcomes.get(packetId));
  }

  /** Whether the contract said two different things about one burn or packet. */
  boolean isContradicted(Hash32 causeOrPacket) {
    return contradicted.contains(causeOrPacket);
  }

  /** Whether the node, asked again, still shows exactly this event. */
  boolean stillThere(SourceEvent event) {
    return Async.await(adapter.messages().reobserve(bridge, event.transactionId())).stream()
        .anyMatch(
            again ->
                again.block().id().equals(event.block().id())
                    && again.index() == event.index()
                    && again.content().equals(event.content()));
  }

  private Verdict<ChainMessage> read(SourceEvent event) {
    return rules.read(
        new ProvenFact(Bytes.EMPTY, event.content(), event.block(), ProvenFact.FINAL), bridge);
  }

  private void remember(SourceEvent event, ChainMessage message) {
    heights.add(event.block().height());
    switch (message) {
      case ChainMessage.TransferSent sent -> {
        Hash32 cause = cause(sent.lane(), sent.sequence());
        Burn before = burns.putIfAbsent(cause, new Burn(sent, event));
        if (before != null && !before.message().equals(sent)) {
          contradicted.add(cause);
        }
      }
      case ChainMessage.PacketReceived received -> {
        Outcome before = outcomes.putIfAbsent(received.packetId(), new Outcome(received, event));
        if (before != null && !before.message().equals(received)) {
          contradicted.add(received.packetId());
        }
      }
    }
  }
}
