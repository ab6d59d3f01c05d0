package dev.trestle.lightclient.poa;

import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.lightclient.Budget;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The validators in force and the votes that are not decided yet (EIP-225; Besu {@code VoteTally},
 * which QBFT and IBFT 2.0 share). Immutable.
 *
 * @param open undecided votes: subject and direction to those who voted; nobody changes the map any
 *     more, nor the sets in it, which tallies share
 */
record VoteTally(ValidatorSet validators, SortedMap<Ballot, NavigableSet<EvmAddress>> open) {
  /** Most open ballots: a block opens at most one, and an epoch ends them all. */
  static final int MAX_BALLOTS = (int) PoaSettings.MAX_EPOCH_LENGTH;

  /** Ballots that are copied in the time of one unit of work. */
  private static final int BALLOTS_PER_UNIT = 4;

  /** A subject and whether it shall be added. */
  record Ballot(EvmAddress subject, boolean add) implements Comparable<Ballot> {
    @Override
    public int compareTo(Ballot other) {
      int bySubject = subject.compareTo(other.subject);
      return bySubject != 0 ? bySubject : Boolean.compare(add, other.add);
    }
  }

  VoteTally {
    open = Collections.unmodifiableSortedMap(open);
  }

  /** Units of work of {@link #after}, which copies the list of ballots. */
  long votingUnits() {
    return Budget.HASH * (open.size() / BALLOTS_PER_UNIT + 1L);
  }

  /** A tally without votes, as at every epoch. */
  static VoteTally of(ValidatorSet validators) {
    return new VoteTally(validators, new TreeMap<>());
  }

  VoteTally withoutVotes() {
    return of(validators);
  }

  /**
   * The tally after a vote of {@code proposer}. A newer vote on the same subject replaces an older
   * one; more than half of the validators decide; who leaves takes his votes along.
   *
   * @param strict whether a vote that could change nothing (adding a member, dropping a stranger)
   *     is not counted: Clique ignores it, Besu's BFT protocols count it
   */
  VoteTally after(EvmAddress proposer, Vote vote, boolean strict) {
    TreeMap<Ballot, NavigableSet<EvmAddress>> votes = new TreeMap<>(open);
    withdraw(votes, new Ballot(vote.subject(), true), proposer);
    withdraw(votes, new Ballot(vote.subject(), false), proposer);
    boolean useless = validators.contains(vote.subject()) == vote.add();
    if (strict && useless) {
      return new VoteTally(validators, votes);
    }
    Ballot ballot = new Ballot(vote.subject(), vote.add());
    TreeSet<EvmAddress> voters = new TreeSet<>(votes.getOrDefault(ballot, new TreeSet<>()));
    voters.add(proposer);
    if (voters.size() < validators.majority()) {
      votes.put(ballot, voters);
      return new VoteTally(validators, votes);
    }
    votes.remove(new Ballot(vote.subject(), true));
    votes.remove(new Ballot(vote.subject(), false));
    if (vote.add()) {
      return new VoteTally(validators.with(vote.subject()), votes);
    }
    for (Ballot each : List.copyOf(votes.keySet())) {
      withdraw(votes, each, vote.subject());
    }
    return new VoteTally(validators.without(vote.subject()), votes);
  }

  /** Takes a vote back; the set of voters may be another tally's, too, and is not changed. */
  private static void withdraw(
      Map<Ballot, NavigableSet<EvmAddress>> votes, Ballot ballot, EvmAddress voter) {
    NavigableSet<EvmAddress> voters = votes.getOrDefault(ballot, Collections.emptyNavigableSet());
    if (!voters.contains(voter)) {
      return;
    }
    TreeSet<EvmAddress> others = new TreeSet<>(voters);
    others.remove(voter);
    if (others.isEmpty()) {
      votes.remove(ballot);
    } else {
      votes.put(ballot, others);
    }
  }

  void write(CanonicalWriter out) {
    writeAddresses(out, validators.members());
    out.u16(open.size());
    open.forEach(
        (ballot, voters) -> {
          out.fixed(ballot.subject().bytes()).bool(ballot.add());
          writeAddresses(out, voters);
        });
  }

  static VoteTally read(CanonicalReader in) {
    ValidatorSet validators = new ValidatorSet(readAddresses(in));
    int ballots = in.u16();
    if (ballots > MAX_BALLOTS) {
      throw new DecodeException(ballots + " ballots");
    }
    TreeMap<Ballot, NavigableSet<EvmAddress>> open = new TreeMap<>();
    for (int i = 0; i < ballots; i++) {
      Ballot ballot = new Ballot(new EvmAddress(in.fixed(EvmAddress.SIZE)), in.bool());
      if (!open.isEmpty() && open.lastKey().compareTo(ballot) >= 0) {
        throw new DecodeException("ballots out of order");
      }
      open.put(ballot, readAddresses(in));
    }
    return new VoteTally(validators, open);
  }

  private static void writeAddresses(CanonicalWriter out, NavigableSet<EvmAddress> addresses) {
    out.u16(addresses.size());
    addresses.forEach(each -> out.fixed(each.bytes()));
  }

  private static NavigableSet<EvmAddress> readAddresses(CanonicalReader in) {
    int count = in.u16();
    if (count > BftExtraData.MAX_VALIDATORS) {
      throw new DecodeException(count + " addresses");
    }
    TreeSet<EvmAddress> addresses = new TreeSet<>();
    for (int i = 0; i < count; i++) {
      EvmAddress next = new EvmAddress(in.fixed(EvmAddress.SIZE));
      if (!addresses.isEmpty() && addresses.last().compareTo(next) >= 0) {
        throw new DecodeException("addresses out of order");
      }
      addresses.add(next);
    }
    return addresses;
  }
}
