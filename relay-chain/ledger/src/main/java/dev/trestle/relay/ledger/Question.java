package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.lightclient.AttestationRules;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.relay.ledger.record.PlanCodec;
import java.util.List;

/**
 * An expensive check as a value. Its answer is a function of its {@link #inputs}, of what it reads
 * of the client's state and of the budget that is left: {@link #compute} is given nothing else, and
 * families are pure and the same on every node.
 *
 * @param <T> what an accepted answer is
 */
sealed interface Question<T> {
  /** What is answered. */
  Class<T> says();

  /** All components, beginning with the kind of question. */
  List<Bytes> inputs();

  /**
   * Makes the check. Bugs of a family refuse, as {@link Clients#guarded} says.
   *
   * @param view of the state of the client that is asked
   */
  Verdict<T> compute(ClientView view, Budget budget);

  /** Whether the block's time is among the inputs, so that the answer is good for one second. */
  default boolean isTimed() {
    return false;
  }

  /** Whether it is worth a place whatever it charges: its work is charged by who asks. */
  default boolean isSignature() {
    return false;
  }

  /** What new headers do to a client's state: {@link LightClient#verify}, then {@code apply}. */
  record Update(LightClientFamily family, ChainId chain, Bytes message, long nowSeconds)
      implements Question<ClientDelta> {
    @Override
    public Class<ClientDelta> says() {
      return ClientDelta.class;
    }

    @Override
    public List<Bytes> inputs() {
      return List.of(
          Bytes.utf8("update"), type(family), client(chain), message, number(nowSeconds));
    }

    @Override
    public Verdict<ClientDelta> compute(ClientView view, Budget budget) {
      LightClient client = family.client();
      return Clients.guarded(() -> client.verify(view, message, budget, nowSeconds))
          .then(update -> Clients.guarded(() -> Verdict.accept(client.apply(view, update))));
    }

    @Override
    public boolean isTimed() {
      return true;
    }
  }

  /** {@link LightClient#checkMisbehaviour}. */
  record Misbehaviour(LightClientFamily family, ChainId chain, Bytes evidence, long nowSeconds)
      implements Question<ClientDelta> {
    @Override
    public Class<ClientDelta> says() {
      return ClientDelta.class;
    }

    @Override
    public List<Bytes> inputs() {
      return List.of(
          Bytes.utf8("misbehaviour"), type(family), client(chain), evidence, number(nowSeconds));
    }

    @Override
    public Verdict<ClientDelta> compute(ClientView view, Budget budget) {
      return Clients.guarded(
          () -> family.client().checkMisbehaviour(view, evidence, budget, nowSeconds));
    }

    @Override
    public boolean isTimed() {
      return true;
    }
  }

  /** {@link LightClient#membership}. */
  record Membership(LightClientFamily family, ChainId chain, Claim claim)
      implements Question<ProvenFact> {
    @Override
    public Class<ProvenFact> says() {
      return ProvenFact.class;
    }

    @Override
    public List<Bytes> inputs() {
      return List.of(
          Bytes.utf8("membership"),
          type(family),
          client(chain),
          claim.path(),
          claim.value(),
          claim.proof());
    }

    @Override
    public Verdict<ProvenFact> compute(ClientView view, Budget budget) {
      return Clients.guarded(() -> family.client().membership(view, claim, budget));
    }
  }

  /** {@link LightClient#nonMembership}. */
  record NonMembership(LightClientFamily family, ChainId chain, Bytes path, Bytes proof)
      implements Question<ProvenFact> {
    @Override
    public Class<ProvenFact> says() {
      return ProvenFact.class;
    }

    @Override
    public List<Bytes> inputs() {
      return List.of(Bytes.utf8("absence"), type(family), client(chain), path, proof);
    }

    @Override
    public Verdict<ProvenFact> compute(ClientView view, Budget budget) {
      return Clients.guarded(() -> family.client().nonMembership(view, path, proof, budget));
    }
  }

  /** {@link AttestationRules#signer}. */
  record Signer(LightClientFamily family, ChainId chain, Bytes header, EcdsaSignature signature)
      implements Question<Integer> {
    @Override
    public Class<Integer> says() {
      return Integer.class;
    }

    @Override
    public List<Bytes> inputs() {
      return List.of(Bytes.utf8("signer"), type(family), client(chain), header, signature.bytes());
    }

    @Override
    public Verdict<Integer> compute(ClientView view, Budget budget) {
      return Clients.guarded(
          () -> family.attestations().orElseThrow().signer(view, header, signature));
    }

    @Override
    public boolean isSignature() {
      return true;
    }
  }

  /** {@link CustodyRules#verifySignatures}. */
  record PlanSignatures(
      LightClientFamily family,
      CustodyRules.Committee committee,
      CustodyRules.ReleasePlan plan,
      int member,
      List<SchnorrSignature> signatures)
      implements Question<Boolean> {
    @Override
    public Class<Boolean> says() {
      return Boolean.class;
    }

    @Override
    public List<Bytes> inputs() {
      CanonicalWriter members = new CanonicalWriter().u64(committee.epoch());
      members.list(committee.members(), CanonicalWriter::hash).u32(committee.threshold());
      CanonicalWriter given = new CanonicalWriter();
      given.list(signatures, (out, each) -> out.fixed(each.bytes()));
      return List.of(
          Bytes.utf8("plan"),
          type(family),
          members.toBytes(),
          PlanCodec.encode(plan),
          number(member),
          given.toBytes());
    }

    @Override
    public Verdict<Boolean> compute(ClientView view, Budget budget) {
      return Clients.guarded(
          () ->
              Verdict.accept(
                  family
                      .custody()
                      .orElseThrow()
                      .verifySignatures(committee, plan, member, signatures)));
    }

    @Override
    public boolean isSignature() {
      return true;
    }
  }

  /** Whose signature over a digest this is. */
  record SignedBy(EcdsaSignature signature, Hash32 digest) implements Question<PublicKey> {
    @Override
    public Class<PublicKey> says() {
      return PublicKey.class;
    }

    @Override
    public List<Bytes> inputs() {
      return List.of(Bytes.utf8("recover"), signature.bytes(), digest.bytes());
    }

    @Override
    public Verdict<PublicKey> compute(ClientView view, Budget budget) {
      return Secp256k1.instance()
          .recover(signature, digest)
          .map(Verdict::accept)
          .orElseGet(() -> Verdict.reject(LedgerCode.BAD_SIGNATURE, "nobody's"));
    }

    @Override
    public boolean isSignature() {
      return true;
    }
  }

  private static Bytes type(LightClientFamily family) {
    return Bytes.utf8(family.type());
  }

  private static Bytes client(ChainId chain) {
    return Bytes.utf8(chain.toString());
  }

  private static Bytes number(long value) {
    return new CanonicalWriter().u64(value).toBytes();
  }
}
