package dev.trestle.relay.consensus;

import dev.trestle.base.Hash32;
import dev.trestle.crypto.EcdsaSignature;
import java.util.Collections;
import java.util.Comparator;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * PREPAREs and COMMITs of one height, tallied by step, round and block. A voter who votes for two
 * blocks in one round counts for both: a quorum of the others must not depend on which came first.
 * Immutable.
 */
record VoteKeeper(SortedMap<Ballot, SortedMap<Integer, EcdsaSignature>> votes) {
  static final VoteKeeper EMPTY = new VoteKeeper(Collections.emptySortedMap());

  /** What one vote is for. */
  record Ballot(StatementKind kind, int round, Hash32 blockId) implements Comparable<Ballot> {
    private static final Comparator<Ballot> ORDER =
        Comparator.comparingInt(Ballot::round)
            .thenComparing(Ballot::kind)
            .thenComparing(Ballot::blockId);

    @Override
    public int compareTo(Ballot other) {
      return ORDER.compare(this, other);
    }
  }

  /** Signatures by validator number. */
  SortedMap<Integer, EcdsaSignature> of(StatementKind kind, int round, Hash32 blockId) {
    return votes.getOrDefault(new Ballot(kind, round, blockId), Collections.emptySortedMap());
  }

  /** Unchanged if the vote is known, or if its sender has voted for two blocks there already. */
  VoteKeeper add(Statement vote, int sender, EcdsaSignature signature) {
    Ballot ballot = new Ballot(vote.kind(), vote.round(), vote.blockId());
    SortedMap<Integer, EcdsaSignature> known = of(vote.kind(), vote.round(), vote.blockId());
    if (known.containsKey(sender)
        || blocks(vote.kind(), vote.round(), sender) >= ConsensusLimits.BLOCKS_PER_VOTER) {
      return this;
    }
    SortedMap<Integer, EcdsaSignature> more = new TreeMap<>(known);
    more.put(sender, signature);
    SortedMap<Ballot, SortedMap<Integer, EcdsaSignature>> all = new TreeMap<>(votes);
    all.put(ballot, Collections.unmodifiableSortedMap(more));
    return new VoteKeeper(Collections.unmodifiableSortedMap(all));
  }

  private int blocks(StatementKind kind, int round, int sender) {
    int count = 0;
    for (var each : votes.tailMap(new Ballot(kind, round, Hash32.ZERO)).entrySet()) {
      if (each.getKey().round() != round || each.getKey().kind() != kind) {
        break;
      }
      count += each.getValue().containsKey(sender) ? 1 : 0;
    }
    return count;
  }

  /** Forgets rounds below {@code lowest}. */
  VoteKeeper prune(int lowest) {
    Ballot from = new Ballot(StatementKind.ROUND_CHANGE, lowest, Hash32.ZERO);
    return votes.isEmpty() || votes.firstKey().round() >= lowest
        ? this
        : new VoteKeeper(Collections.unmodifiableSortedMap(new TreeMap<>(votes.tailMap(from))));
  }
}
