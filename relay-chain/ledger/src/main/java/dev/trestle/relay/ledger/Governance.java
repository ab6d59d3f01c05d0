package dev.trestle.relay.ledger;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.lightclient.Budget;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Who may decide what: the governance quorum, and those who may pause alone. */
final class Governance {
  private Governance() {}

  /**
   * Accepts when the threshold of governance keys has signed {@code digest}, each counted once; any
   * signature that is not of a governance key rejects.
   */
  static Verdict<Integer> approve(Execution x, Hash32 digest, List<EcdsaSignature> approvals) {
    Genesis.Governance governance = x.view().governance().set();
    if (!x.budget().charge(Math.multiplyExact(Budget.SIGNATURE, approvals.size()))) {
      return Verdict.reject(LedgerCode.BUDGET_EXHAUSTED, "approvals");
    }
    TreeSet<PublicKey> signers = new TreeSet<>();
    for (EcdsaSignature approval : approvals) {
      Optional<PublicKey> signer = Secp256k1.instance().recover(approval, digest);
      if (signer.isEmpty() || !governance.keys().contains(signer.get())) {
        return Verdict.reject(LedgerCode.UNKNOWN_APPROVER, "not a governance key over this digest");
      }
      signers.add(signer.get());
    }
    if (signers.size() < governance.threshold()) {
      return Verdict.reject(
          LedgerCode.APPROVALS_MISSING, signers.size() + " of " + governance.threshold());
    }
    return Verdict.accept(signers.size());
  }

  /** Governance keys and committee members that are not suspended may pause alone. */
  static boolean mayPause(Execution x, PublicKey key) {
    if (x.view().governance().set().keys().contains(key)) {
      return true;
    }
    List<PublicKey> members = x.view().committee().attestKeys();
    for (int i = 0; i < members.size(); i++) {
      if (members.get(i).equals(key)) {
        return x.view().suspension(i).isEmpty();
      }
    }
    return false;
  }
}
