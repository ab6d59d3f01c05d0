package dev.trestle.gateway.hub;

import dev.trestle.relay.ledger.LedgerEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The newest events in the order of the relay chain, the same on every gateway. An id is {@code
 * height-index}.
 */
public final class EventLog {
  /** Events kept for readers that come back. */
  public static final int CAPACITY = 20_000;

  /** An event with its place in the order. */
  public record Entry(
      long height, int index, long timeMillis, String type, Map<String, Object> data) {
    public String id() {
      return height + "-" + index;
    }

    boolean isAfter(long otherHeight, int otherIndex) {
      return height > otherHeight || (height == otherHeight && index > otherIndex);
    }
  }

  /**
   * @param complete false when events after the given id may have been dropped, or came before this
   *     process began to listen
   */
  public record Replay(boolean complete, List<Entry> entries) {}

  private final Deque<Entry> entries = new ArrayDeque<>();
  private final List<Consumer<Entry>> listeners = new CopyOnWriteArrayList<>();
  private long droppedHeight = -1;
  private int droppedIndex = -1;
  private boolean started;

  /** Takes a block's events; blocks come in order. */
  public synchronized void add(HubNode.BlockEvents block) {
    if (!started) {
      started = true;
      droppedHeight = block.height() - 1;
      droppedIndex = Integer.MAX_VALUE;
    }
    int index = 0;
    for (LedgerEvent event : block.events()) {
      Entry entry =
          new Entry(
              block.height(),
              index++,
              block.timeMillis(),
              EventJson.type(event),
              EventJson.data(event));
      entries.addLast(entry);
      if (entries.size() > CAPACITY) {
        Entry dropped = entries.removeFirst();
        droppedHeight = dropped.height();
        droppedIndex = dropped.index();
      }
      listeners.forEach(listener -> listener.accept(entry));
    }
  }

  /** Everything kept after {@code lastId}; everything kept for an empty id. */
  public synchronized Replay after(String lastId) {
    long height = -1;
    int index = -1;
    if (lastId.matches("[0-9]{1,18}-[0-9]{1,9}")) {
      String[] parts = lastId.split("-", 2);
      height = Long.parseLong(parts[0]);
      index = Integer.parseInt(parts[1]);
    }
    boolean complete =
        height < 0
            || (started && height > droppedHeight)
            || (started && height == droppedHeight && index >= droppedIndex);
    List<Entry> found = new ArrayList<>();
    for (Entry entry : entries) {
      if (entry.isAfter(height, index)) {
        found.add(entry);
      }
    }
    return new Replay(complete, found);
  }

  /** Replays and subscribes without missing or repeating an event; returns how to unsubscribe. */
  public synchronized Runnable subscribe(
      String lastId, Consumer<Replay> replay, Consumer<Entry> live) {
    replay.accept(after(lastId));
    listeners.add(live);
    return () -> listeners.remove(live);
  }
}
