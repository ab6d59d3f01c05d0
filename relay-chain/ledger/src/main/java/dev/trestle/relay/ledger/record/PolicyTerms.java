package dev.trestle.relay.ledger.record;

import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import java.util.Optional;

/**
 * Whom a route trusts: {@code optional (bytes policy) | bool acceptsOneVerifier}.
 *
 * @param policy empty for the home chain's light client alone
 * @param acceptsOneVerifier whether governance takes it upon itself that one verifier which is no
 *     light client can satisfy the policy alone
 */
public record PolicyTerms(Optional<TrustPolicy> policy, boolean acceptsOneVerifier) {
  public static final PolicyTerms DEFAULT = new PolicyTerms(Optional.empty(), false);

  public void write(CanonicalWriter out) {
    out.optional(policy, (w, each) -> w.bytes(each.encode())).bool(acceptsOneVerifier);
  }

  public static PolicyTerms read(CanonicalReader in) {
    return new PolicyTerms(
        in.optional(r -> TrustPolicy.decode(r.bytes(TrustPolicy.MAX_SIZE))), in.bool());
  }
}
