package dev.trestle.relay.consensus;

import dev.trestle.crypto.EvmAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * R8: which validators are at other heights, and their early messages of the next one. Bounded by
 * the size of the set. Immutable.
 */
record PeerProgress(
    SortedMap<EvmAddress, Long> heights,
    SortedMap<EvmAddress, Long> helpedAt,
    SortedMap<EvmAddress, List<VerifiedMessage>> early) {
  static final PeerProgress EMPTY =
      new PeerProgress(
          Collections.emptySortedMap(), Collections.emptySortedMap(), Collections.emptySortedMap());

  /** Notes that the peer has reached {@code height}; keeps its message if that is the next one. */
  PeerProgress ahead(VerifiedMessage message, long nextHeight) {
    EvmAddress sender = message.signed().sender();
    SortedMap<EvmAddress, Long> reached = new TreeMap<>(heights);
    reached.merge(sender, message.height(), Math::max);
    SortedMap<EvmAddress, List<VerifiedMessage>> kept = early;
    List<VerifiedMessage> known = early.getOrDefault(sender, List.of());
    if (message.height() == nextHeight
        && known.size() < ConsensusLimits.FUTURE_MESSAGES_PER_SENDER
        && known.stream().noneMatch(each -> each.signed().equals(message.signed()))) {
      List<VerifiedMessage> more = new ArrayList<>(known);
      more.add(message);
      SortedMap<EvmAddress, List<VerifiedMessage>> all = new TreeMap<>(early);
      all.put(sender, List.copyOf(more));
      kept = Collections.unmodifiableSortedMap(all);
    }
    return new PeerProgress(Collections.unmodifiableSortedMap(reached), helpedAt, kept);
  }

  boolean mayHelp(EvmAddress peer, long nowMs) {
    Long last = helpedAt.get(peer);
    // a clock that jumped back must not silence the answer for long
    return last == null || nowMs - last >= ConsensusLimits.HELP_INTERVAL_MS || nowMs < last;
  }

  PeerProgress helped(EvmAddress peer, long nowMs) {
    SortedMap<EvmAddress, Long> all = new TreeMap<>(helpedAt);
    all.put(peer, nowMs);
    return new PeerProgress(heights, Collections.unmodifiableSortedMap(all), early);
  }

  /** The height that f + 1 validators have reached, so that it exists; 0 if there is none. */
  long certainHeight(int maxFaulty) {
    List<Long> reached = new ArrayList<>(heights.values());
    reached.sort(Comparator.reverseOrder());
    return reached.size() > maxFaulty ? reached.get(maxFaulty) : 0;
  }

  /** Everything early that is for {@code height} and was verified against its set. */
  List<VerifiedMessage> takeFor(long height, ValidatorSet validators) {
    List<VerifiedMessage> found = new ArrayList<>();
    early.values().forEach(found::addAll);
    found.removeIf(
        each -> each.height() != height || !each.validatorsHash().equals(validators.hash()));
    return found;
  }

  /** What still matters when {@code height} starts; members that left are forgotten. */
  PeerProgress startHeight(long height, ValidatorSet validators) {
    SortedMap<EvmAddress, Long> reached = new TreeMap<>(heights);
    reached.values().removeIf(each -> each <= height);
    reached.keySet().removeIf(each -> validators.indexOf(each).isEmpty());
    SortedMap<EvmAddress, Long> helped = new TreeMap<>(helpedAt);
    helped.keySet().removeIf(each -> validators.indexOf(each).isEmpty());
    return new PeerProgress(
        Collections.unmodifiableSortedMap(reached),
        Collections.unmodifiableSortedMap(helped),
        Collections.emptySortedMap());
  }
}
