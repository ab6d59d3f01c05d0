package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.CustodyPort;
import dev.trestle.base.Bytes;
import dev.trestle.base.TimeSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which scripts are searched for. Those of locks and of own coins are kept for good. Those of
 * custody are anybody's to make: they are kept only while they are asked for, and have a bound of
 * their own, so that they never take the place of a lock.
 *
 * <p>Only {@link #want} may be called by several threads.
 */
final class WatchList {
  /** Scripts kept for good; a bound against being made to watch without end. */
  static final int MAX_KEPT = 100_000;

  /** Scripts kept while they are asked for. */
  static final int MAX_ASKED = CustodyPort.MAX_SCRIPTS;

  private final TimeSource time;
  private final Set<Bytes> wantedForGood = ConcurrentHashMap.newKeySet();
  private final Set<Bytes> wantedForNow = ConcurrentHashMap.newKeySet();
  private final Set<Bytes> watched = new HashSet<>();
  private final Set<Bytes> kept = new HashSet<>();

  /** With when each was asked for last, Unix milliseconds. */
  private final Map<Bytes, Long> asked = new HashMap<>();

  WatchList(TimeSource time) {
    this.time = time;
  }

  /**
   * @param forgotten not watched any more
   * @param forGood to be watched, and kept
   * @param forNow to be watched while they are asked for
   */
  record Change(Set<Bytes> forgotten, Set<Bytes> forGood, Set<Bytes> forNow) {
    Set<Bytes> fresh() {
      Set<Bytes> all = new HashSet<>(forGood);
      all.addAll(forNow);
      return all;
    }
  }

  /** Asks for scripts; the next {@link #take} has those that are not watched. */
  void want(Collection<Bytes> scripts, boolean forGood) {
    (forGood ? wantedForGood : wantedForNow).addAll(scripts);
  }

  /** Scripts whose outputs are known. */
  Set<Bytes> watched() {
    return watched;
  }

  /** What callers wait for. Scripts for which there is no room are left out. */
  Change take() {
    Set<Bytes> forGood = new HashSet<>();
    for (Bytes script : drain(wantedForGood)) {
      if (kept.contains(script) || kept.size() + forGood.size() < MAX_KEPT) {
        forGood.add(script);
      }
    }
    forGood.stream().filter(watched::contains).forEach(kept::add);
    forGood.removeAll(watched);
    long now = time.nowMillis();
    Set<Bytes> wanted = drain(wantedForNow);
    wanted.stream().filter(watched::contains).forEach(script -> asked.put(script, now));
    wanted.removeAll(watched);
    // only when others come: what nobody asks for does no harm before
    Set<Bytes> forgotten = wanted.isEmpty() ? Set.of() : forget(now, wanted);
    Set<Bytes> forNow = new HashSet<>();
    for (Bytes script : wanted) {
      if (asked.containsKey(script) || asked.size() + forNow.size() < MAX_ASKED) {
        forNow.add(script);
      }
    }
    return new Change(forgotten, forGood, forNow);
  }

  /**
   * What nobody asked for during the longest time, and before that as much as takes the room of
   * what is asked for now: scripts that are over must not keep new ones out.
   */
  private Set<Bytes> forget(long now, Set<Bytes> wanted) {
    long longest = CustodyPort.FORGOTTEN_AFTER.toMillis();
    Set<Bytes> forgotten = new HashSet<>();
    asked
        .entrySet()
        .removeIf(
            entry -> {
              boolean isOver = now - entry.getValue() >= longest;
              if (isOver) {
                forgotten.add(entry.getKey());
              }
              return isOver;
            });
    long fresh = wanted.stream().filter(script -> !asked.containsKey(script)).count();
    List<Bytes> inTheWay =
        asked.entrySet().stream()
            .filter(entry -> entry.getValue() < now && !wanted.contains(entry.getKey()))
            .sorted(Map.Entry.comparingByValue())
            .limit(Math.max(0, asked.size() + fresh - MAX_ASKED))
            .map(Map.Entry::getKey)
            .toList();
    asked.keySet().removeAll(Set.copyOf(inTheWay));
    forgotten.addAll(inTheWay);
    forgotten.removeAll(kept);
    watched.removeAll(forgotten);
    return forgotten;
  }

  /** The scripts of a change are watched. */
  void searched(Change change) {
    long now = time.nowMillis();
    kept.addAll(change.forGood());
    change.forNow().forEach(script -> asked.put(script, now));
    watched.addAll(change.fresh());
  }

  /** The scripts that were watched; none is until it is searched for again. */
  Set<Bytes> lose() {
    Set<Bytes> lost = new HashSet<>(watched);
    watched.clear();
    return lost;
  }

  private static Set<Bytes> drain(Set<Bytes> wanted) {
    Set<Bytes> taken = new HashSet<>();
    Iterator<Bytes> each = wanted.iterator();
    while (each.hasNext()) {
      taken.add(each.next());
      each.remove();
    }
    return taken;
  }
}
