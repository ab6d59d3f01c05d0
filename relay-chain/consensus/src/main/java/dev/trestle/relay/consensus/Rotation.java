package dev.trestle.relay.consensus;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Who proposes at a height, round by round: the members in turn, beginning one further at each
 * height, but those that missed a turn lately come last. So one dead validator costs a round once
 * in {@link ConsensusLimits#LEFT_OUT_TURNS} rounds of the table, not at every n-th block, and still
 * everybody proposes within n rounds.
 *
 * <p>Who missed a turn is read from the certificates in the blocks alone, so every node that has
 * the chain has the same rotation: when block h shows that h - 1 was decided in round r, the
 * proposers of rounds 0 to r - 1 of h - 1 are left out from h + 1 on. All is forgotten at the start
 * of each period, so a node that starts from a snapshot needs the blocks of one period only.
 *
 * @param height the height it is for
 * @param before the order of the height before; empty at the start of a period
 * @param order the order of this height
 * @param leftOutUntil the first height at which each comes in turn again
 */
public record Rotation(
    long height,
    List<EvmAddress> before,
    List<EvmAddress> order,
    SortedMap<EvmAddress, Long> leftOutUntil) {
  private static final int VERSION = 1;
  private static final int MAX_BYTES = 32 + ConsensusLimits.MAX_VALIDATORS * (20 + 20 + 28) * 2;

  /** More would be those of sets that a period has seen; bounded by the period. */
  private static final int MAX_LEFT_OUT = 2 * ConsensusLimits.MAX_VALIDATORS;

  public Rotation {
    before = List.copyOf(before);
    order = List.copyOf(order);
    leftOutUntil = Collections.unmodifiableSortedMap(new TreeMap<>(leftOutUntil));
    if (height < 1 || order.isEmpty()) {
      throw new IllegalArgumentException("a rotation of nobody or of genesis");
    }
  }

  /** First height of the period that {@code height} lies in. */
  public static long periodStart(long height) {
    return height - Math.floorMod(height - 1, ConsensusLimits.ROTATION_PERIOD);
  }

  /**
   * @param height the first one of a period
   */
  public static Rotation startingAt(long height, ValidatorSet validators) {
    if (periodStart(height) != height) {
      throw new IllegalArgumentException(height + " does not start a period");
    }
    return new Rotation(
        height, List.of(), inTurn(height, validators, new TreeMap<>()), new TreeMap<>());
  }

  public EvmAddress proposer(int round) {
    return order.get(round % order.size());
  }

  /**
   * The rotation of the next height.
   *
   * @param decided the block of this height
   * @param validators the set of the next height
   */
  public Rotation next(Block decided, ValidatorSet validators) {
    if (decided.height() != height) {
      throw new IllegalArgumentException(decided + " where " + height + " is in turn");
    }
    return next(decided.lastCommit().map(CommitCertificate::round).orElse(0), validators);
  }

  /**
   * As {@link #next(Block, ValidatorSet)}, without the block.
   *
   * @param lastRound the round in which the height before this one was decided, as the block of
   *     this height says
   */
  public Rotation next(int lastRound, ValidatorSet validators) {
    long next = height + 1;
    if (periodStart(next) == next) {
      return startingAt(next, validators);
    }
    SortedMap<EvmAddress, Long> late = new TreeMap<>(leftOutUntil);
    late.values().removeIf(until -> until <= next);
    int turns = ConsensusLimits.LEFT_OUT_TURNS * before.size();
    for (EvmAddress missed : before.subList(0, Math.min(lastRound, before.size()))) {
      late.put(missed, height - 1 + turns);
    }
    return new Rotation(next, order, inTurn(next, validators, late), late);
  }

  private static List<EvmAddress> inTurn(
      long height, ValidatorSet validators, SortedMap<EvmAddress, Long> leftOut) {
    List<EvmAddress> order = new ArrayList<>();
    List<EvmAddress> last = new ArrayList<>();
    int size = validators.size();
    int first = (int) (height % size);
    for (int i = 0; i < size; i++) {
      EvmAddress member = validators.address((first + i) % size);
      (leftOut.containsKey(member) ? last : order).add(member);
    }
    order.addAll(last);
    return order;
  }

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION).u64(height);
    out.list(before, (to, each) -> to.fixed(each.bytes()));
    out.list(order, (to, each) -> to.fixed(each.bytes()));
    out.list(
        List.copyOf(leftOutUntil.entrySet()),
        (to, each) -> to.fixed(each.getKey().bytes()).u64(each.getValue()));
    return out.toBytes();
  }

  /** Rejects as malformed what {@link #encode()} does not write. */
  public static Verdict<Rotation> decode(Bytes encoded) {
    return Decoding.verdict(encoded, MAX_BYTES, Rotation::read);
  }

  private static Rotation read(CanonicalReader in) {
    if (in.u8() != VERSION) {
      throw new DecodeException("unknown rotation version");
    }
    long height = in.u64();
    List<EvmAddress> before = in.list(ConsensusLimits.MAX_VALIDATORS, Rotation::address);
    List<EvmAddress> order = in.list(ConsensusLimits.MAX_VALIDATORS, Rotation::address);
    SortedMap<EvmAddress, Long> late = new TreeMap<>();
    in.list(MAX_LEFT_OUT, from -> leftOut(from, late));
    return new Rotation(height, before, order, late);
  }

  private static EvmAddress leftOut(CanonicalReader in, SortedMap<EvmAddress, Long> late) {
    EvmAddress member = address(in);
    if (!late.isEmpty() && late.lastKey().compareTo(member) >= 0) {
      throw new DecodeException("members are not in ascending order");
    }
    late.put(member, in.u64());
    return member;
  }

  private static EvmAddress address(CanonicalReader in) {
    return new EvmAddress(in.fixed(EvmAddress.SIZE));
  }
}
