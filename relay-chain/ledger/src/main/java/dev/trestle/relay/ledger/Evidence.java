package dev.trestle.relay.ledger;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.PublicKey;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.relay.ledger.record.FactAttestations;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.TrustPolicy;
import dev.trestle.relay.ledger.tx.Approvals;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether what verifiers say about a fact satisfies a route's policy. Evidence that is wrong
 * refuses the whole, also where the rest would do: verifiers that contradict each other are a
 * reason to stop.
 */
final class Evidence {
  private Evidence() {}

  /** By the light client alone. */
  static Verdict<ProvenFact> byClient(
      Execution x, Clients.Usable home, RouteRecord route, Claim claim) {
    return Clients.prove(x, home, claim, route.confirmations())
        .then(fact -> satisfies(x, route, List.of(), fact));
  }

  /** By attestations, and by the light client if the claim has a proof. */
  static Verdict<ProvenFact> byAll(
      Execution x,
      Clients.Usable home,
      RouteRecord route,
      Claim claim,
      FactAttestations attestations) {
    Optional<ProvenFact> proven = Optional.empty();
    if (!claim.proof().isEmpty()) {
      Verdict<ProvenFact> verdict = Clients.prove(x, home, claim, route.confirmations());
      if (!(verdict instanceof Verdict.Accepted<ProvenFact>(ProvenFact fact))) {
        return verdict;
      }
      if (!fact.block().equals(attestations.block())) {
        return Verdict.reject(
            LedgerCode.EVIDENCE_CONFLICT, fact.block() + " and " + attestations.block());
      }
      proven = Optional.of(fact);
    }
    if (attestations.confirmations() < route.confirmations()
        || attestations.block().id().isZero()) {
      return Verdict.reject(
          LedgerCode.NOT_ENOUGH_CONFIRMATIONS,
          attestations.confirmations() + " of " + route.confirmations());
    }
    ProvenFact fact =
        proven.orElseGet(
            () ->
                new ProvenFact(
                    claim.path(),
                    claim.value(),
                    attestations.block(),
                    attestations.confirmations()));
    return leaves(x, route, claim, attestations).then(leaves -> satisfies(x, route, leaves, fact));
  }

  private static Verdict<ProvenFact> satisfies(
      Execution x, RouteRecord route, List<TrustPolicy.Leaf> attested, ProvenFact fact) {
    attested.forEach(leaf -> x.attested().add(new Step.Attested(route.home(), leaf, fact)));
    return holds(route, x.facts(), x.attested(), fact)
        ? Verdict.accept(fact)
        : Verdict.reject(LedgerCode.POLICY_NOT_MET, route.policyHash().toHex());
  }

  /** Whether clients and attestations that speak of this very fact satisfy the route's policy. */
  static boolean holds(
      RouteRecord route, List<Step.Fact> facts, List<Step.Attested> attested, ProvenFact fact) {
    return route
        .policy()
        .isSatisfied(
            leaf ->
                leaf instanceof TrustPolicy.LightClient client
                    ? facts.stream()
                        .anyMatch(
                            each ->
                                each.chain().equals(client.client())
                                    && same(each.proven(), fact)
                                    && each.proven().confirmations() >= client.confirmations())
                    : attested.stream()
                        .anyMatch(
                            each ->
                                each.chain().equals(route.home())
                                    && each.leaf().equals(leaf)
                                    && same(each.fact(), fact)));
  }

  private static boolean same(ProvenFact one, ProvenFact other) {
    return one.path().equals(other.path())
        && one.value().equals(other.value())
        && one.block().equals(other.block());
  }

  /** The leaves that the signatures stand for; any signature that is not one's refuses all. */
  private static Verdict<List<TrustPolicy.Leaf>> leaves(
      Execution x, RouteRecord route, Claim claim, FactAttestations said) {
    int signatures = said.votes().size() + said.attestors().size();
    if (!x.budget().charge(Math.multiplyExact(Budget.SIGNATURE, signatures))) {
      return Verdict.reject(LedgerCode.BUDGET_EXHAUSTED, "attestations");
    }
    List<TrustPolicy.Leaf> leaves = new ArrayList<>();
    if (!said.votes().isEmpty()) {
      Verdict<Integer> quorum = quorum(x, route, claim, said);
      if (!quorum.isAccepted()) {
        return quorum.then(ignored -> Verdict.accept(List.of()));
      }
      leaves.add(new TrustPolicy.Committee());
    }
    Hash32 digest =
        Approvals.factByAttestor(
            x.hubId(), route.policyHash(), route.home(), claim, said.block(), said.confirmations());
    for (EcdsaSignature signature : said.attestors()) {
      Optional<TrustPolicy.Leaf> attestor =
          x.recover(signature, digest)
              .<TrustPolicy.Leaf>map(TrustPolicy.Attestor::new)
              .filter(route.policy().leaves()::contains);
      if (attestor.isEmpty() || leaves.contains(attestor.get())) {
        return Verdict.reject(LedgerCode.BAD_ATTESTATION, "not an attestor of this policy");
      }
      leaves.add(attestor.get());
    }
    return Verdict.accept(List.copyOf(leaves));
  }

  /** The threshold of distinct members that are not suspended. */
  private static Verdict<Integer> quorum(
      Execution x, RouteRecord route, Claim claim, FactAttestations said) {
    Optional<List<PublicKey>> keys =
        x.view().committee().keysOf(said.epoch(), x.block().timeMillis());
    if (keys.isEmpty()) {
      return Verdict.reject(LedgerCode.WRONG_EPOCH, "epoch " + said.epoch());
    }
    Hash32 digest =
        Approvals.factByMember(
            x.hubId(),
            said.epoch(),
            route.policyHash(),
            route.home(),
            claim,
            said.block(),
            said.confirmations());
    int threshold = x.genesis().committee().threshold();
    Set<Integer> counted = new HashSet<>();
    for (FactAttestations.Vote vote : said.votes()) {
      if (vote.member() >= keys.get().size()) {
        return Verdict.reject(LedgerCode.UNKNOWN_MEMBER, "member " + vote.member());
      }
      if (x.view().suspension(vote.member()).isPresent()) {
        return Verdict.reject(LedgerCode.MEMBER_SUSPENDED, "member " + vote.member());
      }
      PublicKey key = keys.get().get(vote.member());
      boolean signed = x.recover(vote.signature(), digest).filter(key::equals).isPresent();
      if (!signed || !counted.add(vote.member())) {
        return Verdict.reject(LedgerCode.BAD_ATTESTATION, "member " + vote.member());
      }
    }
    return counted.size() >= threshold
        ? Verdict.accept(counted.size())
        : Verdict.reject(LedgerCode.POLICY_NOT_MET, counted.size() + " of " + threshold);
  }
}
