package dev.trestle.lightclient.xrpl;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether enough members of a list validated a ledger ("Consensus Protocol: Validation" of the
 * documentation; {@code LedgerMaster::checkAccept}).
 *
 * <p>Reasons of {@link #quorum}, in the order in which they are checked: {@code malformed} (not a
 * validation in canonical form), {@code unknown-signer} (no member signs with this key), {@code
 * duplicate-signer}, {@code ledger-mismatch} (another hash or number), {@code not-full}, {@code
 * quorum-low} (less than 80 % of the members, rounded up), {@code budget-exceeded} (before each
 * signature), {@code bad-signature} (also one that is not fully canonical).
 */
public final class ValidationRules {
  private ValidationRules() {}

  /** Accepts how many validated it. */
  public static Verdict<Integer> quorum(
      ValidatorList list, Hash32 ledger, long index, List<Bytes> validations, Budget budget) {
    Map<XrplKey, Integer> members = list.bySigningKey();
    List<Validation> decoded = new ArrayList<>();
    Set<XrplKey> seen = new HashSet<>();
    for (Bytes each : validations) {
      Verdict<Validation> verdict = claimed(each, members.keySet(), ledger, index);
      if (!(verdict instanceof Verdict.Accepted<Validation>(Validation validation))) {
        return verdict.then(none -> Verdict.accept(0));
      }
      if (!seen.add(validation.key())) {
        return Verdict.reject(RejectionCode.DUPLICATE_SIGNER, validation.key().toString());
      }
      decoded.add(validation);
    }
    if (decoded.size() < list.quorum()) {
      return Verdict.reject(
          RejectionCode.QUORUM_LOW, decoded.size() + " validated, " + list.quorum() + " needed");
    }
    for (Validation validation : decoded) {
      if (!budget.charge(Budget.SIGNATURE)) {
        return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before a signature");
      }
      if (!validation.isSigned()) {
        return Verdict.reject(RejectionCode.BAD_SIGNATURE, "of " + validation.key());
      }
    }
    return Verdict.accept(decoded.size());
  }

  /** All but the signature. */
  static Verdict<Validation> claimed(
      Bytes encoded, Set<XrplKey> members, Hash32 ledger, long index) {
    Validation validation;
    try {
      validation = Validation.decode(encoded);
    } catch (DecodeException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
    if (!members.contains(validation.key())) {
      return Verdict.reject(RejectionCode.UNKNOWN_SIGNER, validation.key().toString());
    }
    if (!validation.ledger().equals(ledger) || validation.index() != index) {
      return Verdict.reject(
          XrplCode.LEDGER_MISMATCH, "of " + validation.ledger() + " at " + validation.index());
    }
    return validation.isFull()
        ? Verdict.accept(validation)
        : Verdict.reject(XrplCode.NOT_FULL, "by " + validation.key());
  }
}
