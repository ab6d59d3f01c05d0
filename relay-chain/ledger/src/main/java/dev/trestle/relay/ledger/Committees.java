package dev.trestle.relay.ledger;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.lightclient.AttestationRules;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientView;
import dev.trestle.relay.ledger.record.CommitteeRecord;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.TrustPolicy;
import dev.trestle.relay.ledger.tx.GovernanceAction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.List;

/**
 * Change of the keys with which the committee attests. Clients of attested headers follow with the
 * first attestation by a new key; the old keys are good until then, and until the overlap is over.
 */
final class Committees {
  private Committees() {}

  /**
   * Rejects another number of seats, and a key that some route trusts as an attestor besides: its
   * holder would count twice.
   */
  static Verdict<CommitteeRecord> possible(Execution x, GovernanceAction.RotateCommittee rotate) {
    CommitteeRecord now = x.view().committee();
    if (rotate.attestKeys().size() != now.attestKeys().size()) {
      return Verdict.reject(
          LedgerCode.INVALID_ACTION, "there are " + now.attestKeys().size() + " seats");
    }
    List<Hash32> next = rotate.attestKeys().stream().map(PublicKey::xOnly).toList();
    boolean twice =
        x.view().routes().stream()
            .flatMap(route -> route.policy().leaves().stream())
            .anyMatch(
                leaf ->
                    leaf instanceof TrustPolicy.Attestor attestor
                        && next.contains(attestor.key().xOnly()));
    return twice
        ? Verdict.reject(LedgerCode.INVALID_POLICY, "an attestor of a route as a member")
        : Verdict.accept(now);
  }

  static Outcome rotate(Execution x, GovernanceAction.RotateCommittee rotate) {
    CommitteeRecord next =
        x.view()
            .committee()
            .rotated(rotate.attestKeys(), x.block().timeMillis(), rotate.overlapMillis());
    x.put(StateKeys.committee(), next.encode());
    x.emit(
        new LedgerEvent.CommitteeRotated(
            next.epoch(), next.previous().orElseThrow().untilMillis()));
    return Outcome.APPLIED;
  }

  /**
   * The client of an attestation: one that trusts the keys before is handed over if a new key has
   * signed. A client of a committee that this chain never had is left alone.
   */
  static Clients.Usable follow(
      Execution x,
      Clients.Usable chain,
      AttestationRules rules,
      TransactionBody.AttestHeader body,
      AttestationRules.Target target) {
    CommitteeRecord committee = x.view().committee();
    boolean behind =
        target.epoch() >= x.genesis().committee().epoch() && target.epoch() < committee.epoch();
    if (!behind || !x.budget().charge(Budget.SIGNATURE)) {
      return chain;
    }
    Verdict<ClientDelta> moved =
        Clients.guarded(
            () ->
                rules.handOver(
                    chain.view(),
                    committee.epoch(),
                    committee.attestKeys(),
                    x.genesis().committee().threshold()));
    if (!(moved instanceof Verdict.Accepted<ClientDelta>(ClientDelta delta))) {
      return chain;
    }
    ClientView after = delta.over(chain.view());
    PublicKey key = committee.attestKeys().get(body.member());
    boolean byNew =
        Clients.guarded(() -> rules.target(after, body.header()))
                instanceof Verdict.Accepted<AttestationRules.Target>(AttestationRules.Target next)
            && next.epoch() == committee.epoch()
            && Secp256k1.instance()
                .recover(body.signature(), next.digest())
                .filter(key::equals)
                .isPresent();
    if (!byNew) {
      return chain;
    }
    Clients.write(x, chain.chain(), delta);
    x.emit(new LedgerEvent.ClientHandedOver(chain.chain(), committee.epoch()));
    return new Clients.Usable(chain.record(), chain.family(), x.view().clientView(chain.chain()));
  }
}
