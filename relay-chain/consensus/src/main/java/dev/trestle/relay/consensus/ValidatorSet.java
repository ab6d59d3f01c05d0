package dev.trestle.relay.consensus;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.DomainTag;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.PublicKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Who certifies a height: equal votes, ascending order of address. The index in that order is the
 * validator's number in bitmaps and its place in the {@link Rotation}.
 */
public final class ValidatorSet {
  /** Stands first in what {@link #hash()} hashes. */
  public static final DomainTag TAG = DomainTag.of("relay", "validators", 1);

  private final List<Validator> members;
  private final SortedMap<EvmAddress, Integer> indexes = new TreeMap<>();
  private final Hash32 hash;

  /**
   * @throws IllegalArgumentException if the set is empty, over the limit, not in strictly ascending
   *     order
   */
  public ValidatorSet(List<Validator> members) {
    if (members.isEmpty() || members.size() > ConsensusLimits.MAX_VALIDATORS) {
      throw new IllegalArgumentException(members.size() + " validators");
    }
    this.members = List.copyOf(members);
    CanonicalWriter out = new CanonicalWriter().hash(TAG.hash()).u16(members.size());
    for (int i = 0; i < members.size(); i++) {
      EvmAddress address = this.members.get(i).address();
      if (i > 0 && this.members.get(i - 1).address().compareTo(address) >= 0) {
        throw new IllegalArgumentException("validators are not in ascending order");
      }
      indexes.put(address, i);
      out.fixed(address.bytes());
    }
    this.hash = Digests.keccak256(out.toBytes());
  }

  /** Sorts; refuses duplicates as the constructor does. */
  public static ValidatorSet of(List<PublicKey> keys) {
    return ofAddresses(keys.stream().map(PublicKey::evmAddress).toList());
  }

  /** Sorts; refuses duplicates as the constructor does. */
  public static ValidatorSet ofAddresses(List<EvmAddress> addresses) {
    List<Validator> members = new ArrayList<>();
    addresses.forEach(address -> members.add(new Validator(address)));
    members.sort(Comparator.comparing(Validator::address));
    return new ValidatorSet(members);
  }

  public List<Validator> members() {
    return members;
  }

  public int size() {
    return members.size();
  }

  public EvmAddress address(int index) {
    return members.get(index).address();
  }

  public OptionalInt indexOf(EvmAddress address) {
    Integer index = indexes.get(address);
    return index == null ? OptionalInt.empty() : OptionalInt.of(index);
  }

  /** f, the largest number of faulty members the set tolerates. */
  public int maxFaulty() {
    return (size() - 1) / 3;
  }

  /** Q, the smallest k with {@code 3k > 2n}. */
  public int quorum() {
    return 2 * size() / 3 + 1;
  }

  /** {@code 3k > 2n}, the check contracts make. */
  public boolean isQuorum(int votes) {
    return 3L * votes > 2L * size();
  }

  /** {@code keccak256(tag || u16 n || address_0 || ...)}, what headers carry. */
  public Hash32 hash() {
    return hash;
  }

  /** The addresses in order, 20 bytes each, for contracts. */
  public Bytes addresses() {
    CanonicalWriter out = new CanonicalWriter();
    members.forEach(member -> out.fixed(member.address().bytes()));
    return out.toBytes();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ValidatorSet that && hash.equals(that.hash);
  }

  @Override
  public int hashCode() {
    return hash.hashCode();
  }

  @Override
  public String toString() {
    return "ValidatorSet" + indexes.keySet();
  }
}
