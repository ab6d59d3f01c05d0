package dev.trestle.lightclient.fabric.policy;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.x509.CertificateCode;
import dev.trestle.crypto.x509.SignatureAlgorithm;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.fabric.msp.Identity;
import dev.trestle.lightclient.fabric.msp.Msps;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds out who signed. Signatures are ECDSA on P-256 with SHA-256, strict DER with low s, as
 * Fabric's {@code bccsp/sw} demands.
 *
 * <p>Reasons: {@code malformed}, {@code unknown-msp}, {@code node-ou}, those of certificates,
 * {@code bad-signature}, {@code duplicate-signer}, {@code budget-exceeded}.
 *
 * <p>Fabric {@code common/policies/policy.go}, {@code SignatureSetToValidIdentities}.
 */
public final class Signers {
  private final Msps msps;
  private final long atSeconds;
  private final Budget budget;

  /**
   * @param atSeconds Unix time at which certificates are judged
   */
  public Signers(Msps msps, long atSeconds, Budget budget) {
    this.msps = msps;
    this.atSeconds = atSeconds;
    this.budget = budget;
  }

  /**
   * The signers, in order. The first signature that does not count rejects all: for signatures that
   * nothing commits to, so that there is no second set with the same meaning.
   */
  public Verdict<List<Identity>> all(List<SignedData> signatures) {
    List<Identity> signers = new ArrayList<>();
    Set<Hash32> seen = new HashSet<>();
    for (SignedData each : signatures) {
      Verdict<Identity> signer = one(each);
      if (!(signer instanceof Verdict.Accepted<Identity>(Identity identity))) {
        return signer.then(none -> Verdict.accept(List.of()));
      }
      if (!seen.add(identity.signer())) {
        return Verdict.reject(RejectionCode.DUPLICATE_SIGNER, "one key twice");
      }
      signers.add(identity);
    }
    return Verdict.accept(List.copyOf(signers));
  }

  /**
   * The signers whose signatures count, each once, in order ({@code
   * policies.SignatureSetToValidIdentities}): what does not count is passed over, as peers do.
   */
  public Verdict<List<Identity>> valid(List<SignedData> signatures) {
    List<Identity> signers = new ArrayList<>();
    Set<Hash32> seen = new HashSet<>();
    for (SignedData each : signatures) {
      switch (one(each)) {
        case Verdict.Accepted<Identity>(Identity identity) -> {
          if (seen.add(identity.signer())) {
            signers.add(identity);
          }
        }
        case Verdict.Rejected<Identity>(var code, String detail) -> {
          if (code == RejectionCode.BUDGET_EXCEEDED || code == CertificateCode.BUDGET_EXCEEDED) {
            return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, detail);
          }
        }
        case Verdict.Ignored<Identity> ignored -> {}
        case Verdict.Later<Identity> later -> {}
      }
    }
    return Verdict.accept(List.copyOf(signers));
  }

  /** Who made this signature. */
  public Verdict<Identity> one(SignedData signed) {
    if (!budget.charge(Budget.SIGNATURE + Budget.HASH * (signed.data().size() / 64L + 1))) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before a signature");
    }
    return msps.identity(signed.identity(), atSeconds, budget)
        .then(
            identity ->
                identity
                        .certificate()
                        .key()
                        .verifyLowS(
                            SignatureAlgorithm.ECDSA_SHA256, signed.data(), signed.signature())
                    ? Verdict.accept(identity)
                    : Verdict.reject(
                        RejectionCode.BAD_SIGNATURE, "of a member of " + identity.msp()));
  }
}
