package dev.trestle.notary;

import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.PacketPort;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.lightclient.packet.TransferPayload;
import dev.trestle.notary.CommitteeLedger.PlannedRelease;
import dev.trestle.notary.CommitteeLedger.Reason;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Collects the facts of a release, lets {@link ReleaseDecision} decide, makes the decision durable
 * in the guard and only then signs.
 */
final class ReleaseSigner {
  private final MemberKeys keys;
  private final EquivocationGuard guard;
  private final SigningPolicy policy;
  private final SecureRandom random;

  ReleaseSigner(
      MemberKeys keys, EquivocationGuard guard, SigningPolicy policy, SecureRandom random) {
    this.keys = keys;
    this.guard = guard;
    this.policy = policy;
    this.random = random;
  }

  /** The member's own view of the chain of the tokens. */
  record Destination(OwnView own, ChainAdapter adapter) {}

  /**
   * What the member brings along for one release.
   *
   * @param watched not needed for sweeps and merges
   */
  record Means(CustodyRules rules, Optional<Destination> watched) {
    /**
     * @throws AdapterException when the chain is not watched
     */
    Destination destination() {
      return watched.orElseThrow(
          () ->
              new AdapterException(
                  dev.trestle.adapter.AdapterError.UNREACHABLE, "the chain is not watched"));
    }
  }

  /**
   * Signatures over all inputs.
   *
   * @param member the member's number
   */
  record Signed(int member, List<SchnorrSignature> signatures) {
    Signed {
      signatures = List.copyOf(signatures);
    }
  }

  Verdict<Signed> sign(CommitteeLedger ledger, PlannedRelease release, Means means) {
    if (release.signedByUs()) {
      // The relay chain has our signature: if the guard does not know, it is not the guard that
      // was.
      return guard.planned(ReleaseDecision.obligation(release)).isPresent()
          ? Verdict.ignore(NotaryCode.ALREADY_SENT, release.id().toHex())
          : Verdict.reject(NotaryCode.GUARD_ROLLED_BACK, "signed before: " + release.id());
    }
    CustodyRules.Committee committee = ledger.committee();
    ReleaseDecision.Facts facts;
    try {
      facts = facts(ledger, release, means, committee);
    } catch (AdapterException e) {
      return Verdict.later(NotaryCode.OWN_NODE_UNAVAILABLE, String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) {
      // The custody rules do not know such a chain or committee: nothing that they would plan for.
      return Verdict.reject(NotaryCode.PLAN_DIFFERS, String.valueOf(e.getMessage()));
    }
    return ReleaseDecision.decide(facts)
        .then(guard::bind)
        .then(bound -> produce(committee, facts, means.rules()));
  }

  private ReleaseDecision.Facts facts(
      CommitteeLedger ledger,
      PlannedRelease release,
      Means means,
      CustodyRules.Committee committee) {
    CustodyRules rules = means.rules();
    Observation observation = observe(release, means);
    // The tokens first, the accounts after them: what is minted in between is accounted for.
    Amount wrapped = wrapped(release, means);
    return new ReleaseDecision.Facts(
        ledger.hubId(),
        release,
        committee.members().indexOf(keys.custody().publicKey().xOnly()),
        observation,
        rules.plan(
            release.home(),
            committee,
            release.plan().inputs(),
            new CustodyRules.Payout(
                release.id(), release.script(), release.plan().payout().amount()),
            release.feeRate()),
        rules.inputFee(release.home(), committee, release.feeRate()),
        rules.restingLock(release.home(), committee).script(),
        ledger.supply(release.routeId()),
        wrapped,
        guard.check(ReleaseDecision.record(release)),
        isPaused(ledger, release),
        policy);
  }

  /** A merge pays nobody at the other end of its route: only a pause of its chain concerns it. */
  private static boolean isPaused(CommitteeLedger ledger, PlannedRelease release) {
    return release.reason() instanceof Reason.Merge
        ? ledger.isPaused(release.home())
        : ledger.isPaused(release.routeId());
  }

  private static Observation observe(PlannedRelease release, Means means) {
    return switch (release.reason()) {
      case Reason.Sweep ignored -> new Observation.NotNeeded();
      case Reason.Merge ignored -> new Observation.NotNeeded();
      case Reason.Withdrawal ignored -> observeBurn(release.cause(), means.destination().own());
      case Reason.Refund(Packet packet) -> observeOutcome(packet, means.destination());
    };
  }

  private static Observation observeBurn(Hash32 cause, OwnView own) {
    Optional<OwnView.Burn> burn = own.burn(cause);
    if (own.isContradicted(cause)) {
      return new Observation.Contradicting();
    }
    if (burn.isEmpty()) {
      return new Observation.NotSeen(own.readUpTo());
    }
    return own.stillThere(burn.get().event())
        ? new Observation.Burned(burn.get().message())
        : new Observation.Unavailable("the burn is gone from the member's own node");
  }

  private static Observation observeOutcome(Packet packet, Destination destination) {
    OwnView own = destination.own();
    Optional<OwnView.Outcome> outcome = own.outcome(packet.id());
    if (own.isContradicted(packet.id())) {
      return new Observation.Contradicting();
    }
    if (outcome.isEmpty()) {
      return expiredAt(packet, destination)
          .<Observation>map(Observation.Expired::new)
          .orElseGet(() -> new Observation.NotSeen(own.readUpTo()));
    }
    return own.stillThere(outcome.get().event())
        ? new Observation.Executed(outcome.get().message())
        : new Observation.Unavailable("the receipt is gone from the member's own node");
  }

  /**
   * A final block from which on the contract refuses the packet, if it has not received it before:
   * by the messages that the member has read, and by what the contract itself says now.
   */
  private static Optional<HeaderRef> expiredAt(Packet packet, Destination destination) {
    Bytes contract = packet.lane().destinationApp();
    return destination
        .own()
        .caughtUpWith()
        .filter(packet.timeout()::isPast)
        .filter(block -> destination.own().bridge().equals(contract))
        .filter(block -> !Async.await(port(destination).isDelivered(contract, packet.id())));
  }

  private static Amount wrapped(PlannedRelease release, Means means) {
    return release.pays()
        ? Async.await(
            port(means.destination())
                .wrappedSupply(release.bridge(), TransferPayload.assetId(release.asset())))
        : Amount.ZERO;
  }

  private static PacketPort port(Destination destination) {
    return destination
        .adapter()
        .packets()
        .orElseThrow(
            () ->
                new AdapterException(
                    dev.trestle.adapter.AdapterError.NOT_SUPPORTED, "no bridge contract"));
  }

  /** Only after the guard has the plan on the disk. Signs the plan that the member made itself. */
  private Verdict<Signed> produce(
      CustodyRules.Committee committee, ReleaseDecision.Facts facts, CustodyRules rules) {
    CustodyRules.ReleasePlan own = facts.recomputed().orThrow();
    List<SchnorrSignature> signatures = new ArrayList<>();
    for (Hash32 digest : rules.signingDigests(committee, own)) {
      byte[] auxiliary = new byte[Hash32.SIZE];
      random.nextBytes(auxiliary);
      signatures.add(
          Secp256k1.instance().signSchnorr(digest, keys.custody(), Hash32.wrap(auxiliary)));
    }
    // A faulty signature can reveal the key: it must not leave.
    return rules.verifySignatures(committee, own, facts.member(), signatures)
        ? Verdict.accept(new Signed(facts.member(), signatures))
        : Verdict.reject(NotaryCode.OWN_SIGNATURE_INVALID, facts.release().id().toHex());
  }
}
