package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.base.Verdict;
import dev.trestle.relay.ledger.record.PolicyTerms;
import dev.trestle.relay.ledger.record.TrustPolicy;
import java.util.LinkedHashSet;
import java.util.Set;

/** Which policies a route may have. */
final class Policies {
  private Policies() {}

  /**
   * The policy of a new route. Rejects leaves about another chain or with fewer confirmations than
   * the route's, a member of the committee as an attestor (it would count twice), and a policy that
   * one verifier which is no light client satisfies alone, unless governance says so.
   */
  static Verdict<TrustPolicy> of(
      Execution x, Clients.Usable home, long confirmations, PolicyTerms terms) {
    TrustPolicy policy =
        terms.policy().orElseGet(() -> new TrustPolicy.LightClient(home.chain(), confirmations));
    for (TrustPolicy.Leaf leaf : policy.leaves()) {
      switch (leaf) {
        case TrustPolicy.LightClient client -> {
          if (!client.client().equals(home.chain())) {
            return Verdict.reject(LedgerCode.INVALID_POLICY, "a client of " + client.client());
          }
          if (client.confirmations() < confirmations) {
            return Verdict.reject(
                LedgerCode.POLICY_BELOW_FLOOR,
                client.confirmations() + " of " + confirmations + " confirmations");
          }
        }
        case TrustPolicy.Committee committee -> {}
        case TrustPolicy.Attestor attestor -> {
          boolean member =
              x.view().committee().attestKeys().stream()
                  .anyMatch(each -> each.xOnly().equals(attestor.key().xOnly()));
          if (member) {
            return Verdict.reject(LedgerCode.INVALID_POLICY, "a member as an attestor");
          }
        }
      }
    }
    return terms.acceptsOneVerifier() || !oneCanSatisfy(policy, isAttested(home))
        ? Verdict.accept(policy)
        : Verdict.reject(LedgerCode.POLICY_BELOW_FLOOR, "one verifier satisfies the policy alone");
  }

  /** A client whose headers the committee attests is the committee once more. */
  private static boolean isAttested(Clients.Usable home) {
    return home.family().attestations().isPresent();
  }

  private static boolean oneCanSatisfy(TrustPolicy policy, boolean attested) {
    Set<Bytes> verifiers = new LinkedHashSet<>();
    for (TrustPolicy.Leaf leaf : policy.leaves()) {
      if (attested || !(leaf instanceof TrustPolicy.LightClient)) {
        verifiers.add(verifier(leaf, attested));
      }
    }
    return verifiers.stream()
        .anyMatch(one -> policy.isSatisfied(leaf -> verifier(leaf, attested).equals(one)));
  }

  private static Bytes verifier(TrustPolicy.Leaf leaf, boolean attested) {
    return attested && leaf instanceof TrustPolicy.LightClient
        ? new TrustPolicy.Committee().verifier()
        : leaf.verifier();
  }
}
