package dev.trestle.relay.consensus;

import dev.trestle.relay.consensus.ConsensusMessage.RoundChange;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * ROUND_CHANGEs of one height for the current and later rounds, by sender. Near rounds are all
 * kept; of those beyond the window only the highest of each sender. Immutable.
 */
record RoundChangeKeeper(SortedMap<Integer, SortedMap<Integer, Change>> bySender) {
  static final RoundChangeKeeper EMPTY = new RoundChangeKeeper(Collections.emptySortedMap());

  /** A verified round change. */
  record Change(RoundChange change, SignedStatement signed) {
    static Change of(RoundChange change, SignedMessage message) {
      return new Change(change, message.signedStatement());
    }

    int preparedRound() {
      return signed.statement().preparedRound();
    }
  }

  /** The first one of a sender and round stays. */
  RoundChangeKeeper add(int sender, Change change, int currentRound) {
    int round = change.change().round();
    SortedMap<Integer, Change> known = bySender.getOrDefault(sender, Collections.emptySortedMap());
    if (round < currentRound || known.containsKey(round)) {
      return this;
    }
    SortedMap<Integer, Change> more = new TreeMap<>(known);
    more.put(round, change);
    SortedMap<Integer, Change> beyond =
        more.tailMap(currentRound + ConsensusLimits.ROUND_WINDOW + 1);
    while (beyond.size() > 1) {
      beyond.remove(beyond.firstKey());
    }
    SortedMap<Integer, SortedMap<Integer, Change>> all = new TreeMap<>(bySender);
    all.put(sender, Collections.unmodifiableSortedMap(more));
    return new RoundChangeKeeper(Collections.unmodifiableSortedMap(all));
  }

  /** Round changes to exactly this round, by validator number. */
  SortedMap<Integer, Change> at(int round) {
    SortedMap<Integer, Change> found = new TreeMap<>();
    bySender.forEach(
        (sender, changes) -> {
          Change change = changes.get(round);
          if (change != null) {
            found.put(sender, change);
          }
        });
    return found;
  }

  /** Whether the sender is known to have reached the round. */
  boolean reached(int sender, int round) {
    SortedMap<Integer, Change> changes = bySender.get(sender);
    return changes != null && changes.lastKey() >= round;
  }

  /** How many validators are known to have reached the round. */
  int countReached(int round) {
    return (int) bySender.values().stream().filter(changes -> changes.lastKey() >= round).count();
  }

  /**
   * R5: the round that f + 1 validators, so at least one correct one, have reached or passed; empty
   * if that is not above {@code currentRound}.
   */
  OptionalInt jump(int currentRound, int maxFaulty) {
    List<Integer> highest = new ArrayList<>();
    bySender.values().forEach(changes -> highest.add(changes.lastKey()));
    highest.removeIf(round -> round <= currentRound);
    highest.sort(Comparator.reverseOrder());
    return highest.size() > maxFaulty
        ? OptionalInt.of(highest.get(maxFaulty))
        : OptionalInt.empty();
  }

  /** Forgets rounds below {@code lowest}. */
  RoundChangeKeeper prune(int lowest) {
    SortedMap<Integer, SortedMap<Integer, Change>> all = new TreeMap<>();
    bySender.forEach(
        (sender, changes) -> {
          SortedMap<Integer, Change> rest = new TreeMap<>(changes.tailMap(lowest));
          if (!rest.isEmpty()) {
            all.put(sender, Collections.unmodifiableSortedMap(rest));
          }
        });
    return new RoundChangeKeeper(Collections.unmodifiableSortedMap(all));
  }
}
