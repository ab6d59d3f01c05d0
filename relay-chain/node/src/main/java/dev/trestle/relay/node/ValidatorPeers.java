package dev.trestle.relay.node;

import dev.trestle.base.Hash32;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.PublicKey;
import dev.trestle.relay.ledger.Genesis;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whose transport certificates have the rights of a validator, as of the committed state: those of
 * the set that certifies the next block, of the one that certified the last, and of the planned
 * one, so that its members are connected before they are needed. Who has left keeps its connections
 * for {@link #FAREWELL_BLOCKS}, because not everybody has that block yet. These rights are those of
 * speaking and of larger limits; whether a vote counts is decided by the set of its height alone.
 *
 * <p>Changed on the core thread, read by any.
 */
final class ValidatorPeers {
  /** Blocks after which a former member is a follower like any other. */
  static final long FAREWELL_BLOCKS = 64;

  private volatile View view;

  /** What is known at one height. */
  private record View(
      ValidatorSets sets, SortedMap<Hash32, Member> members, Set<Hash32> certifying) {}

  /**
   * @param leftAt height at which it was in no set any more; empty while it is in one
   */
  private record Member(EvmAddress address, Optional<Long> leftAt) {}

  ValidatorPeers(ValidatorSets sets) {
    this.view = view(sets, of(sets));
  }

  /**
   * The state after {@code height} is committed.
   *
   * @return whether anybody's rights have changed
   */
  boolean update(ValidatorSets sets, long height) {
    View before = view;
    boolean leaving = before.members().values().stream().anyMatch(m -> m.leftAt().isPresent());
    if (before.sets().equals(sets) && !leaving) {
      return false;
    }
    SortedMap<Hash32, Member> members = of(sets);
    before
        .members()
        .forEach(
            (fingerprint, member) -> {
              long since = member.leftAt().orElse(height);
              if (height - since < FAREWELL_BLOCKS) {
                members.putIfAbsent(fingerprint, new Member(member.address(), Optional.of(since)));
              }
            });
    view = view(sets, members);
    return !members.keySet().equals(before.members().keySet());
  }

  private static View view(ValidatorSets sets, SortedMap<Hash32, Member> members) {
    Set<Hash32> certifying =
        sets.current().stream()
            .map(Genesis.Validator::transportKeyHash)
            .collect(Collectors.toUnmodifiableSet());
    return new View(sets, members, certifying);
  }

  private static SortedMap<Hash32, Member> of(ValidatorSets sets) {
    SortedMap<Hash32, Member> members = new TreeMap<>();
    Stream.of(Optional.of(sets.current()), sets.previous(), sets.planned())
        .flatMap(Optional::stream)
        .flatMap(List::stream)
        .forEach(
            each ->
                members.putIfAbsent(
                    each.transportKeyHash(),
                    new Member(each.key().evmAddress(), Optional.empty())));
    return members;
  }

  /** Whether a node with this certificate may speak as a validator. */
  boolean contains(Hash32 fingerprint) {
    return view.members().containsKey(fingerprint);
  }

  /** The validator that this certificate is registered for. */
  Optional<EvmAddress> addressOf(Hash32 fingerprint) {
    return Optional.ofNullable(view.members().get(fingerprint)).map(Member::address);
  }

  /** Certificates of a validator: two while it changes them. */
  List<Hash32> fingerprintsOf(EvmAddress validator) {
    return view.members().entrySet().stream()
        .filter(each -> each.getValue().address().equals(validator))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Those of the set that certifies the next block: what they say of the chain counts. */
  Set<Hash32> certifying() {
    return view.certifying();
  }

  /** Whether a set that is in force or planned names the key, with this certificate or another. */
  Optional<Boolean> isRegistered(PublicKey key, Hash32 fingerprint) {
    List<Genesis.Validator> found =
        Stream.concat(
                view.sets().current().stream(),
                view.sets().planned().stream().flatMap(List::stream))
            .filter(each -> each.key().equals(key))
            .toList();
    return found.isEmpty()
        ? Optional.empty()
        : Optional.of(found.stream().anyMatch(each -> each.transportKeyHash().equals(fingerprint)));
  }

  /** Whether the planned set names {@code key} and the one in force does not. */
  boolean isJoining(PublicKey key) {
    return isIn(view.sets().planned().orElse(List.of()), key) && !isIn(view.sets().current(), key);
  }

  private static boolean isIn(List<Genesis.Validator> set, PublicKey key) {
    return set.stream().anyMatch(each -> each.key().equals(key));
  }
}
