package dev.trestle.dist.replay;

import static dev.trestle.dist.replay.Context.Dimension.CHAIN;
import static dev.trestle.dist.replay.Context.Dimension.EPOCH;
import static dev.trestle.dist.replay.Context.Dimension.HUB;
import static dev.trestle.dist.replay.Context.Dimension.POLICY;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.htlc.SwapTerms;
import dev.trestle.lightclient.attested.HeaderAttestation;
import dev.trestle.relay.consensus.StatementKind;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.tx.Approvals;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import dev.trestle.sdk.Api;
import dev.trestle.sdk.SwapForms;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The rows of the matrix. */
final class SignedObjects {
  private static final String NO_SET = "one person signs it, not a member of a set";

  private SignedObjects() {}

  static List<SignedObject> all() {
    List<SignedObject> all = new ArrayList<>();
    for (StatementKind kind : StatementKind.values()) {
      all.add(Consensus.statement(kind));
    }
    all.add(Consensus.commitCertificate());
    all.add(Consensus.preparedCertificate());
    all.add(Consensus.evidence());
    all.add(Consensus.receipt());
    List<TransactionBody> samples = Bodies.all(Context.HERE);
    for (int i = 0; i < samples.size(); i++) {
      int place = i;
      all.add(transaction(nameOf(samples.get(i)), c -> Bodies.all(c).get(place)));
    }
    all.addAll(approvals());
    all.add(
        SignedObject.of("attestation", SignedObjects::attestation)
            .free(POLICY, "it is about a header; policies say who may attest"));
    all.add(
        SignedObject.of("swap terms between parties", c -> engineTerms(c).signingDigest())
            .free(HUB, "a swap lives on its two chains; the ledger takes approval: swapTerms")
            .free(EPOCH, NO_SET)
            .free(POLICY, "no third party is trusted"));
    all.add(
        SignedObject.of("offer", SignedObjects::offer)
            .free(EPOCH, NO_SET)
            .free(POLICY, "no third party is trusted"));
    all.add(Custody.release());
    return all;
  }

  /** {@code transaction: Kind}, with the kind of action for proposals. */
  static String nameOf(TransactionBody body) {
    String kind = body.getClass().getSimpleName();
    return "transaction: "
        + (body instanceof TransactionBody.Propose propose
            ? kind + " " + propose.action().getClass().getSimpleName()
            : kind);
  }

  private static SignedObject transaction(String name, Function<Context, TransactionBody> body) {
    SignedObject row =
        SignedObject.of(
                name, c -> Transaction.digest(c.hubId(), sender(c), c.count(), body.apply(c)))
            .checkedBy(
                (signed, presented) -> {
                  Transaction original =
                      Transaction.sign(
                          signed.hubId(), signed.key(), signed.count(), body.apply(signed));
                  return new Transaction(
                          presented.hubId(),
                          original.sender(),
                          presented.count(),
                          body.apply(presented),
                          original.signature())
                      .isSigned();
                });
    TransactionBody here = body.apply(Context.HERE);
    if (here.equals(body.apply(Context.HERE.other(EPOCH)))) {
      row = row.free(EPOCH, "its nonce is used once; who may do what is judged at execution");
    }
    return switch (name) {
      case "transaction: ExecuteProposal" ->
          row.free(CHAIN, "a proposal's number has one action").free(POLICY, "the same");
      case "transaction: ValidatorReady" ->
          row.free(CHAIN, "it is about the relay chain").free(POLICY, "the same");
      case "transaction: Propose SetGovernance", "transaction: Propose RotateCommittee" ->
          row.free(CHAIN, "it is about the relay chain").free(POLICY, "the same");
      case "transaction: Propose SetLimits" -> row.free(POLICY, "limits hold for all routes");
      default -> row;
    };
  }

  private static dev.trestle.crypto.PublicKey sender(Context c) {
    return c.key().publicKey();
  }

  private static List<SignedObject> approvals() {
    return List.of(
        SignedObject.of(
            "approval: registerChain",
            c -> Approvals.registerChain(c.hubId(), c.epochNumber(), Bodies.registerChain(c))),
        SignedObject.of(
            "approval: registerRoute",
            c -> Approvals.registerRoute(c.hubId(), c.epochNumber(), Bodies.registerRoute(c))),
        SignedObject.of(
            "approval: resume",
            c ->
                Approvals.resume(
                    c.hubId(), c.epochNumber(), new PauseSubject.Route(c.subject()), c.count())),
        SignedObject.of(
                "approval: factByAttestor",
                c ->
                    Approvals.factByAttestor(
                        c.hubId(),
                        c.policyHash(),
                        c.chainId(),
                        Bodies.claim(Context.HERE),
                        Bodies.block(c),
                        6))
            .free(EPOCH, "the policy names the attestor's key"),
        SignedObject.of(
            "approval: factByMember",
            c ->
                Approvals.factByMember(
                    c.hubId(),
                    c.epochNumber(),
                    c.policyHash(),
                    c.chainId(),
                    Bodies.claim(Context.HERE),
                    Bodies.block(c),
                    6)),
        SignedObject.of(
                "approval: refund",
                c -> Approvals.refund(c.hubId(), c.subject(), Bytes.utf8("script")))
            .free(EPOCH, NO_SET),
        SignedObject.of("approval: swapTerms", c -> Approvals.swapTerms(c.hubId(), Bodies.terms(c)))
            .free(EPOCH, NO_SET));
  }

  private static Hash32 attestation(Context c) {
    return new HeaderAttestation(
            c.hubId(),
            c.chainId(),
            c.epochNumber(),
            c.count(),
            Context.hash("a block, the same everywhere"))
        .digest();
  }

  private static SwapTerms engineTerms(Context c) {
    dev.trestle.htlc.SwapLeg leg =
        new dev.trestle.htlc.SwapLeg(
            c.chainId(),
            Bodies.coin(c),
            dev.trestle.base.Amount.of(c.count()),
            Bytes.utf8("claimer"),
            Bytes.utf8("refunder"),
            9);
    SecretKey key = Context.HERE.key();
    return SwapTerms.of(Context.hash("secret"), leg, leg, key.publicKey(), key.publicKey());
  }

  private static Hash32 offer(Context c) {
    String key = Context.HERE.key().publicKey().toString();
    return SwapForms.offerDigest(
        c.hubId(),
        new Api.OfferRequest(
            Bodies.coin(c).toString(),
            Bodies.coin(c).toString(),
            Long.toString(c.count()),
            "1",
            key,
            "02",
            "03",
            9,
            ""));
  }

  /** By every key of the signing context over its own digest. */
  static List<EcdsaSignature> signatures(List<SecretKey> keys, Hash32 digest) {
    return keys.stream().map(key -> Secp256k1.instance().signEcdsa(digest, key)).toList();
  }
}
