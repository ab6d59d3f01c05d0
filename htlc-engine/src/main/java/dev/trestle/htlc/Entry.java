package dev.trestle.htlc;

import dev.trestle.adapter.HtlcPort.HtlcLock;
import dev.trestle.base.Bytes;
import dev.trestle.base.Verdict;
import java.util.Optional;

/** The checks before a party enters a swap; none of them touches a node. */
final class Entry {
  private final DriverContext context;
  private final SwapTerms terms;
  private final Role role;

  Entry(DriverContext context, SwapTerms terms, Role role) {
    this.context = context;
    this.terms = terms;
    this.role = role;
  }

  Verdict<SwapTerms> check() {
    return TermsCheck.check(terms)
        .then(ok -> checkRole())
        .then(ok -> checkChains())
        .then(ok -> checkKey(terms.paidBy(role), false))
        .then(ok -> checkKey(terms.paysTo(role), true))
        .then(
            ok ->
                context
                    .settings()
                    .policy()
                    .check(
                        terms,
                        context.time().nowSeconds(),
                        terms.legs().stream()
                            .map(leg -> context.portsOf(leg).profile().timing())
                            .toList(),
                        terms.paidBy(role)))
        .then(ok -> Verdict.accept(terms));
  }

  private Verdict<SwapTerms> checkRole() {
    return role.isIn(terms)
        ? Verdict.accept(terms)
        : Verdict.reject(SwapRejection.LEG_COUNT, "there is no party " + (role.party() + 1));
  }

  private Verdict<SwapTerms> checkChains() {
    for (int i = 0; i < terms.legs().size(); i++) {
      SwapLeg leg = terms.legs().get(i);
      if (!context.ports().containsKey(leg.chain())) {
        return Verdict.reject(SwapRejection.UNKNOWN_CHAIN, leg.chain().toString());
      }
      Verdict<HtlcLock> lock = context.portsOf(leg).htlc().describe(terms.htlcTerms(i));
      if (!lock.isAccepted()) {
        return Verdict.reject(SwapRejection.NOT_EXPRESSIBLE, "leg " + (i + 1) + ": " + lock);
      }
    }
    return Verdict.accept(terms);
  }

  /** A4 and A9: this party holds the key on its side of each lock, and not on the other side. */
  private Verdict<SwapTerms> checkKey(int index, boolean asClaimer) {
    SwapLeg leg = terms.legs().get(index);
    Bytes mine = asClaimer ? leg.claimer() : leg.refunder();
    Bytes other = asClaimer ? leg.refunder() : leg.claimer();
    if (!holds(leg, mine)) {
      return Verdict.reject(
          SwapRejection.NOT_MY_KEY,
          "leg " + (index + 1) + (asClaimer ? ": the claimer" : ": the refunder"));
    }
    if (holds(leg, other)) {
      return Verdict.reject(
          SwapRejection.BAD_KEY, "leg " + (index + 1) + ": both sides are this party");
    }
    return Verdict.accept(terms);
  }

  private boolean holds(SwapLeg leg, Bytes identity) {
    return context
        .keys()
        .find(context.portsOf(leg).htlc(), leg.chain(), terms.hash(), identity)
        .isPresent();
  }

  JournalRecord.Created created(Optional<Long> secretIndex) {
    return new JournalRecord.Created(
        terms.swapId(),
        context.time().nowSeconds(),
        role,
        terms,
        role.isInitiator() ? secretIndex : Optional.empty(),
        context.settings().policy(),
        terms.legs().stream().map(leg -> context.portsOf(leg).profile().timing()).toList());
  }
}
