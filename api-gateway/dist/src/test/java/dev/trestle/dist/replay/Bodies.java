package dev.trestle.dist.replay;

import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.record.ChainLimits;
import dev.trestle.relay.ledger.record.FactAttestations;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.SwapTerms;
import dev.trestle.relay.ledger.tx.GovernanceAction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.List;
import java.util.Optional;

/** One body of each kind, about the things of a context. */
final class Bodies {
  private static final EcdsaSignature ECDSA = new EcdsaSignature(Bytes.fromHex("11".repeat(64)));
  private static final SchnorrSignature SCHNORR =
      new SchnorrSignature(Bytes.fromHex("22".repeat(64)));

  private Bodies() {}

  static AssetId coin(Context c) {
    return AssetId.parse(c.chainId() + "/slip44:1");
  }

  static HeaderRef block(Context c) {
    return new HeaderRef(c.count(), Context.hash("a block, the same everywhere"), 9);
  }

  static Claim claim(Context c) {
    return new Claim(c.subject().bytes(), Bytes.utf8("value"), Bytes.utf8("proof"));
  }

  static SwapTerms terms(Context c) {
    SwapTerms.Leg leg =
        new SwapTerms.Leg(
            coin(c), Amount.of(c.count()), c.policyHash().bytes(), c.subject().bytes(), 9);
    return new SwapTerms(c.subject(), leg, leg);
  }

  static TransactionBody.RegisterChain registerChain(Context c) {
    return new TransactionBody.RegisterChain(
        c.chainId(),
        "name",
        "adapter",
        "type/1",
        c.policyHash().bytes(),
        c.count(),
        Optional.empty(),
        Bytes.utf8("sample"),
        new ChainLimits(Amount.of(1), Amount.of(2), 3),
        List.of());
  }

  static TransactionBody.RegisterRoute registerRoute(Context c) {
    return new TransactionBody.RegisterRoute(
        coin(c),
        c.chainId(),
        c.policyHash().bytes(),
        Amount.of(1),
        Amount.of(2),
        3,
        c.count(),
        List.of());
  }

  /** One of each kind; {@code Propose} once for each kind of action. */
  static List<TransactionBody> all(Context c) {
    List<TransactionBody> bodies =
        new java.util.ArrayList<>(
            List.of(
                registerChain(c),
                new TransactionBody.UpdateClient(c.chainId(), c.subject().bytes()),
                new TransactionBody.SubmitMisbehaviour(c.chainId(), c.subject().bytes()),
                new TransactionBody.AttestHeader(c.chainId(), c.subject().bytes(), 1, ECDSA),
                registerRoute(c),
                new TransactionBody.OpenTransfer(
                    c.policyHash(), c.subject(), Amount.of(7), c.subject(), 144, c.subject()),
                new TransactionBody.SubmitDeposit(c.subject(), claim(c)),
                new TransactionBody.SubmitAttestedDeposit(
                    c.subject(),
                    claim(c),
                    new FactAttestations(
                        block(c), c.count(), c.epochNumber(), List.of(), List.of(ECDSA))),
                new TransactionBody.SubmitMessage(c.chainId(), claim(c)),
                new TransactionBody.SignRelease(c.subject(), 2, List.of(SCHNORR)),
                new TransactionBody.SubmitRelease(c.subject(), claim(c)),
                new TransactionBody.AgreeSwap(
                    terms(c), c.key().publicKey(), c.key().publicKey(), ECDSA, ECDSA),
                new TransactionBody.Pause(new PauseSubject.Route(c.subject())),
                new TransactionBody.Resume(new PauseSubject.Route(c.subject()), List.of(ECDSA)),
                new TransactionBody.ClaimRefund(c.subject(), Bytes.utf8("script"), SCHNORR),
                new TransactionBody.PlanSweep(c.chainId(), c.subject(), 1),
                new TransactionBody.SubmitTakeBack(c.subject(), claim(c)),
                new TransactionBody.Vote(c.count(), hashOf(actions(c).getFirst())),
                new TransactionBody.ExecuteProposal(c.count()),
                new TransactionBody.ValidatorReady(c.count()),
                new TransactionBody.TimeoutPacket(
                    c.subject(), c.count(), Bytes.EMPTY, Bytes.utf8("proof"))));
    actions(c).forEach(action -> bodies.add(new TransactionBody.Propose(action)));
    return bodies;
  }

  static List<GovernanceAction> actions(Context c) {
    return List.of(
        new GovernanceAction.SetValidators(
            c.keys().stream()
                .map(key -> new Genesis.Validator(key.publicKey(), c.subject()))
                .toList()),
        new GovernanceAction.SetGovernance(
            new Genesis.Governance(c.keys().stream().map(SecretKey::publicKey).toList(), 3)),
        new GovernanceAction.SetLimits(
            c.chainId(), new ChainLimits(Amount.of(1), Amount.of(2), c.count())),
        new GovernanceAction.RecoverClient(
            c.chainId(), c.policyHash().bytes(), Bytes.utf8("sample")),
        new GovernanceAction.CloseLane(c.subject()),
        new GovernanceAction.RotateCommittee(
            c.keys().stream().map(SecretKey::publicKey).toList(), c.count()));
  }

  static Hash32 hashOf(GovernanceAction action) {
    return Digests.sha256(action.encode());
  }
}
