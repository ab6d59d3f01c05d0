package dev.trestle.lightclient.polkadot.grandpa;

import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.VerifiedUpdate;
import dev.trestle.lightclient.polkadot.Header;
import dev.trestle.lightclient.polkadot.KnownHeader;
import dev.trestle.lightclient.polkadot.PolkadotCode;
import dev.trestle.lightclient.polkadot.StateFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Verifies steps one after another, each against what the one before it made of the state.
 *
 * <p>Rejects with {@code stale-height}, {@code no-timestamp} (a last step without the proof of its
 * time), {@code malformed} (an empty message) and the codes of {@link JustificationRules}; ignored
 * with {@code nothing-new}. Polkadot specification, "GRANDPA".
 */
final class UpdateCheck {
  private final ClientView view;
  private final GrandpaState state;
  private final Budget budget;
  private final long now;
  private final List<KnownHeader> accepted = new ArrayList<>();
  private long tip;
  private Authorities authorities;

  UpdateCheck(ClientView view, GrandpaState state, Budget budget, long now) {
    this.view = view;
    this.state = state;
    this.budget = budget;
    this.now = now;
    this.tip = state.tip();
    this.authorities = state.authorities();
  }

  /** What follows from all steps. */
  record Verified(List<KnownHeader> headers, long tip, Authorities authorities)
      implements VerifiedUpdate {
    @Override
    public HeaderRef head() {
      return headers.getLast().ref();
    }
  }

  Verdict<Verified> verifyAll(List<Fragment> fragments) {
    if (fragments.getLast().timeProof().isEmpty()) {
      return Verdict.reject(PolkadotCode.NO_TIMESTAMP, "the last step has no proof of its time");
    }
    for (Fragment fragment : fragments) {
      Verdict<Authorities> verdict = verify(fragment);
      if (!(verdict instanceof Verdict.Accepted<Authorities>(Authorities next))) {
        return verdict.then(none -> Verdict.reject(RejectionCode.MALFORMED, "not reached"));
      }
      authorities = next;
      tip = fragment.header().number();
    }
    return Verdict.accept(new Verified(List.copyOf(accepted), tip, authorities));
  }

  private Verdict<Authorities> verify(Fragment fragment) {
    Header header = fragment.header();
    long before = latest().seconds();
    if (header.number() <= tip) {
      return old(header);
    }
    return authorities
        .inChargeOf(header.number())
        .then(set -> finalised(set, fragment))
        .then(justification -> keep(fragment))
        .then(none -> authorities.after(header, before));
  }

  private Verdict<Authorities> old(Header header) {
    boolean same =
        GrandpaState.header(view, header.number())
            .filter(known -> known.hash().equals(header.hash()))
            .isPresent();
    return same
        ? Verdict.ignore(RejectionCode.NOTHING_NEW, "block " + header.number() + " is known")
        : Verdict.reject(RejectionCode.STALE_HEIGHT, "block " + header.number());
  }

  private Verdict<Justification> finalised(AuthoritySet set, Fragment fragment) {
    Header header = fragment.header();
    return Justification.decode(fragment.justification())
        .then(
            justification ->
                JustificationRules.verify(
                    set, justification, header.hash(), header.number(), budget));
  }

  private Verdict<Optional<KnownHeader>> keep(Fragment fragment) {
    if (fragment.timeProof().isEmpty()) {
      return Verdict.accept(Optional.empty());
    }
    return StateFacts.seconds(fragment.header(), fragment.timeProof().get())
        .then(seconds -> state.rules().checkTime(seconds, latest().seconds(), now))
        .then(
            seconds -> {
              KnownHeader known = KnownHeader.of(fragment.header(), seconds);
              accepted.add(known);
              return Verdict.accept(Optional.of(known));
            });
  }

  private KnownHeader latest() {
    return accepted.isEmpty() ? state.latest() : accepted.getLast();
  }
}
