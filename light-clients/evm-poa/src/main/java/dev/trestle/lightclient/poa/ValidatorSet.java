package dev.trestle.lightclient.poa;

import dev.trestle.crypto.EvmAddress;
import java.util.Collection;
import java.util.Collections;
import java.util.NavigableSet;
import java.util.TreeSet;

/** Validators in force, by address. */
record ValidatorSet(NavigableSet<EvmAddress> members) {
  ValidatorSet {
    members = Collections.unmodifiableNavigableSet(new TreeSet<>(members));
  }

  static ValidatorSet of(Collection<EvmAddress> members) {
    return new ValidatorSet(new TreeSet<>(members));
  }

  int size() {
    return members.size();
  }

  boolean contains(EvmAddress address) {
    return members.contains(address);
  }

  /** Seals that make a BFT block final: ceil(2n/3). */
  int quorum() {
    return (2 * size() + 2) / 3;
  }

  /** Votes that change the set: more than half. */
  int majority() {
    return size() / 2 + 1;
  }

  /** Position in ascending order; Clique's turn. */
  int indexOf(EvmAddress member) {
    return members.headSet(member).size();
  }

  ValidatorSet with(EvmAddress member) {
    TreeSet<EvmAddress> more = new TreeSet<>(members);
    more.add(member);
    return new ValidatorSet(more);
  }

  ValidatorSet without(EvmAddress member) {
    TreeSet<EvmAddress> fewer = new TreeSet<>(members);
    fewer.remove(member);
    return new ValidatorSet(fewer);
  }
}
