package dev.trestle.lightclient.cometbft;

import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.RejectionCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Verifies headers against the state.
 *
 * <p>Besides the reasons of {@link HeaderRules}: {@code wrong-chain} (another revision), {@code
 * unknown-height} (no such trusted header), {@code stale-height}, {@code time-too-old} (not after a
 * lower header), {@code malformed} (numbers out of range), {@code client-expired}; ignored with
 * {@code nothing-new}. ICS-07, "Validity predicate".
 */
final class UpdateCheck {
  private final ClientView view;
  private final CometState state;
  private final Budget budget;
  private final Instant now;
  private final List<KnownHeader> accepted = new ArrayList<>();

  UpdateCheck(ClientView view, CometState state, Budget budget, Instant now) {
    this.view = view;
    this.state = state;
    this.budget = budget;
    this.now = now;
  }

  /** The new headers, each verified by one that was known before it. */
  Verdict<List<KnownHeader>> verifyAll(List<UpdateHeader> headers) {
    for (UpdateHeader header : headers) {
      Verdict<KnownHeader> verdict = verify(header);
      if (!(verdict instanceof Verdict.Accepted<KnownHeader>(KnownHeader known))) {
        return verdict.then(none -> Verdict.accept(List.of()));
      }
      accepted.add(known);
    }
    return Verdict.accept(List.copyOf(accepted));
  }

  private Verdict<KnownHeader> verify(UpdateHeader update) {
    Header header = update.signedHeader().header();
    KnownHeader latest = accepted.isEmpty() ? state.latest() : accepted.getLast();
    if (header.height() <= latest.height() && header.chainId().equals(state.anchor().chainId())) {
      boolean same =
          known(header.height()).filter(each -> each.hash().equals(header.hash())).isPresent();
      return same
          ? Verdict.ignore(RejectionCode.NOTHING_NEW, "height " + header.height() + " is known")
          : Verdict.reject(RejectionCode.STALE_HEIGHT, "height " + header.height());
    }
    return rules(update)
        .then(
            rules ->
                rules.verify(
                    update.signedHeader(),
                    update.validators(),
                    update.trustedValidators(),
                    Optional.empty(),
                    now,
                    budget))
        .then(signed -> keep(signed.header()))
        .then(
            known ->
                known.time().isAfter(latest.time())
                    ? Verdict.accept(known)
                    : Verdict.reject(RejectionCode.TIME_TOO_OLD, "not after a lower header"));
  }

  /** Verifies a header of evidence: for that, it may be ahead of our clock and of any height. */
  Verdict<KnownHeader> verifyEvidence(UpdateHeader update) {
    return rules(update)
        .then(
            rules ->
                rules.verifyEvidence(
                    update.signedHeader(),
                    update.validators(),
                    update.trustedValidators(),
                    now,
                    budget))
        .then(signed -> keep(signed.header()));
  }

  private Verdict<HeaderRules> rules(UpdateHeader update) {
    CometAnchor anchor = state.anchor();
    if (update.trustedRevision() != anchor.revision()) {
      return Verdict.reject(RejectionCode.WRONG_CHAIN, "revision " + update.trustedRevision());
    }
    return known(update.trustedHeight())
        .<Verdict<HeaderRules>>map(
            trusted ->
                Verdict.accept(
                    new HeaderRules(anchor.options(), trusted.trusted(anchor.chainId()))))
        .orElseGet(
            () ->
                Verdict.reject(
                    RejectionCode.UNKNOWN_HEIGHT, "trusted height " + update.trustedHeight()));
  }

  private Optional<KnownHeader> known(long height) {
    Optional<KnownHeader> fresh =
        accepted.stream().filter(each -> each.height() == height).findFirst();
    return fresh.or(() -> CometState.header(view, height));
  }

  private static Verdict<KnownHeader> keep(Header header) {
    try {
      return Verdict.accept(KnownHeader.of(header));
    } catch (IllegalArgumentException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }
}
