package dev.trestle.lightclient.polkadot.grandpa;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Ed25519PublicKey;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.polkadot.Header;
import dev.trestle.lightclient.polkadot.PolkadotCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether a justification finalises a block under one set of authorities (GRANDPA paper 2.3 and
 * 2.4; Polkadot specification 6.5; {@code finality_grandpa::validate_commit}, of which this is the
 * strict form).
 *
 * <p>Every vote must be for the target or a block that is shown to descend from it. So all of them
 * count for the target, and where they reach the threshold the GRANDPA-GHOST of the round is the
 * target or above it. A voter that voted for two blocks is an equivocator: GRANDPA counts it for
 * both, we refuse the second vote; whoever carries the justification leaves one of the two out.
 *
 * <p>Reasons, in the order in which they are checked: {@code target-mismatch} (of another block),
 * {@code unknown-signer}, {@code duplicate-signer} (the same vote or an equivocation), {@code
 * quorum-low} (not more than two thirds of the weight voted), {@code not-descendant} (a vote below
 * the target, on another fork, or without the headers that show the descent), {@code
 * unused-ancestry} (a header that no vote needs, or twice), {@code bad-signature} (also one of
 * another round or set), {@code budget-exceeded} (before each signature).
 */
public final class JustificationRules {
  private JustificationRules() {}

  /** See the class. */
  public static Verdict<Justification> verify(
      AuthoritySet set,
      Justification justification,
      Hash32 targetHash,
      long targetNumber,
      Budget budget) {
    if (!justification.targetHash().equals(targetHash)
        || justification.targetNumber() != targetNumber) {
      return Verdict.reject(
          PolkadotCode.TARGET_MISMATCH, "a justification of block " + justification.targetNumber());
    }
    return weigh(set, justification)
        .then(JustificationRules::checkDescent)
        .then(votes -> checkSignatures(set, votes, budget));
  }

  private static Verdict<Justification> weigh(AuthoritySet set, Justification justification) {
    Map<Bytes, Long> weights = set.weights();
    Set<Bytes> voted = new HashSet<>();
    long weight = 0;
    for (Precommit vote : justification.precommits()) {
      Long own = weights.get(vote.authority());
      if (own == null) {
        return Verdict.reject(RejectionCode.UNKNOWN_SIGNER, vote.authority().toHex());
      }
      if (!voted.add(vote.authority())) {
        return Verdict.reject(RejectionCode.DUPLICATE_SIGNER, vote.authority().toHex());
      }
      weight += own;
    }
    return weight >= set.threshold()
        ? Verdict.accept(justification)
        : Verdict.reject(
            RejectionCode.QUORUM_LOW, weight + " voted, " + set.threshold() + " needed");
  }

  private static Verdict<Justification> checkDescent(Justification justification) {
    Map<Hash32, Header> ancestries = new HashMap<>();
    for (Header header : justification.ancestries()) {
      if (ancestries.put(header.hash(), header) != null) {
        return Verdict.reject(PolkadotCode.UNUSED_ANCESTRY, "twice: " + header.hash());
      }
    }
    Map<Hash32, Long> shown = new HashMap<>();
    shown.put(justification.targetHash(), justification.targetNumber());
    for (Precommit vote : justification.precommits()) {
      if (!descends(vote.hash(), vote.number(), ancestries, shown)) {
        return Verdict.reject(
            PolkadotCode.NOT_DESCENDANT, "a vote for " + vote.hash() + " at " + vote.number());
      }
    }
    for (Hash32 header : ancestries.keySet()) {
      if (!shown.containsKey(header)) {
        return Verdict.reject(PolkadotCode.UNUSED_ANCESTRY, header.toHex());
      }
    }
    return Verdict.accept(justification);
  }

  /** Walks up until a block that is shown to descend. Each header is walked once. */
  private static boolean descends(
      Hash32 hash, long number, Map<Hash32, Header> ancestries, Map<Hash32, Long> shown) {
    List<Header> way = new ArrayList<>();
    Hash32 at = hash;
    long height = number;
    while (!shown.containsKey(at)) {
      Header header = ancestries.get(at);
      if (header == null || header.number() != height || height == 0) {
        return false;
      }
      way.add(header);
      at = header.parentHash();
      height--;
    }
    if (!Long.valueOf(height).equals(shown.get(at))) {
      return false;
    }
    way.forEach(header -> shown.put(header.hash(), header.number()));
    return true;
  }

  private static Verdict<Justification> checkSignatures(
      AuthoritySet set, Justification justification, Budget budget) {
    for (Precommit vote : justification.precommits()) {
      if (!budget.charge(Budget.SIGNATURE)) {
        return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before a signature");
      }
      Bytes payload =
          Precommit.payload(vote.hash(), vote.number(), justification.round(), set.id());
      boolean good =
          Ed25519PublicKey.decode(vote.authority())
              .map(key -> key.verify(payload, vote.signature()))
              .orElse(false);
      if (!good) {
        return Verdict.reject(RejectionCode.BAD_SIGNATURE, "of " + vote.authority().toHex());
      }
    }
    return Verdict.accept(justification);
  }
}
