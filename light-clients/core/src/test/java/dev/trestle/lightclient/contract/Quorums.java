package dev.trestle.lightclient.contract;

import dev.trestle.base.Bytes;
import dev.trestle.base.ReasonCode;
import java.util.List;
import java.util.SortedMap;
import java.util.function.IntFunction;

/** How the rule "one signature short is not enough" is tested. */
public sealed interface Quorums {
  /** The family counts no signatures. */
  record None(String why) implements Quorums {}

  /** A test for every number of members from 1 to 600. */
  record EverySize(IntFunction<Quorum> ofSize) implements Quorums {}

  /** Where the chain fixes the number of members: tests by number of signers, at least one. */
  record FixedSize(SortedMap<Integer, Quorum> cases) implements Quorums {}

  /** One test. */
  sealed interface Quorum {
    /** The chain has no sets of this size: the anchor must be refused. */
    record RefusedSize(Bytes anchor) implements Quorum {}

    /**
     * A set of this size.
     *
     * @param setup updates that are accepted before
     * @param enough accepted: exactly the threshold signs
     * @param oneShort the same with one signature less
     * @param code with which {@code oneShort} is refused
     */
    record Formed(
        Bytes anchor,
        List<Bytes> setup,
        Bytes enough,
        Bytes oneShort,
        ReasonCode code,
        long nowSeconds)
        implements Quorum {}
  }
}
