package dev.trestle.relay.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.AttestationRules;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.VerifiedUpdate;
import dev.trestle.relay.ledger.fake.FakeClient;
import dev.trestle.relay.ledger.fake.FakeCustody;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * An answer never serves another question. The families here answer with a hash of everything that
 * they are given, so that any confusion shows; controls leave out one input each.
 */
class AnswersTest {
  private static final ChainId ONE = ChainId.parse("eip155:1");
  private static final ChainId TWO = ChainId.parse("eip155:2");
  private static final Bytes KEY = Bytes.utf8("state");
  private static final SecretKey SIGNER = SecretKey.derive(Bytes.utf8("test"), "signer");
  private static final Echo A = new Echo("echo-a/1");
  private static final Echo B = new Echo("echo-b/1");
  private static final long UNITS = 1_000;

  private record Echoed(HeaderRef head) implements VerifiedUpdate {}

  /** Everything that a client was given, and that it looked at. */
  private record Echo(String type) implements LightClientFamily, AttestationRules {
    private Verdict<Hash32> said(ClientView view, Budget budget, String what, Bytes... given) {
      long left = budget.left();
      if (!budget.charge(5)) {
        return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, what);
      }
      CanonicalWriter all = new CanonicalWriter().text(type).text(what).u64(left);
      all.bytes(view.get(KEY).orElse(Bytes.EMPTY));
      for (Bytes each : given) {
        all.bytes(each);
      }
      return Verdict.accept(Digests.sha256(all.toBytes()));
    }

    private static ClientDelta delta(Hash32 said) {
      return ClientDelta.builder().put(KEY, said.bytes()).build();
    }

    private static Bytes seconds(long now) {
      return new CanonicalWriter().u64(now).toBytes();
    }

    private static Verdict<ProvenFact> fact(Hash32 said) {
      return Verdict.accept(
          new ProvenFact(said.bytes(), Bytes.EMPTY, new HeaderRef(1, said, 1), 1));
    }

    @Override
    public LightClient client() {
      return new FakeClient() {
        @Override
        public Verdict<VerifiedUpdate> verify(
            ClientView view, Bytes message, Budget budget, long now) {
          return said(view, budget, "update", message, seconds(now))
              .then(said -> Verdict.accept(new Echoed(new HeaderRef(1, said, 1))));
        }

        @Override
        public ClientDelta apply(ClientView view, VerifiedUpdate update) {
          return delta(update.head().id());
        }

        @Override
        public Verdict<ClientDelta> checkMisbehaviour(
            ClientView view, Bytes evidence, Budget budget, long now) {
          return said(view, budget, "misbehaviour", evidence, seconds(now))
              .then(said -> Verdict.accept(delta(said)));
        }

        @Override
        public Verdict<ProvenFact> membership(ClientView view, Claim claim, Budget budget) {
          return said(view, budget, "fact", claim.path(), claim.value(), claim.proof())
              .then(Echo::fact);
        }

        @Override
        public Verdict<ProvenFact> nonMembership(
            ClientView view, Bytes path, Bytes proof, Budget budget) {
          return said(view, budget, "absence", path, proof).then(Echo::fact);
        }
      };
    }

    @Override
    public Optional<AttestationRules> attestations() {
      return Optional.of(this);
    }

    @Override
    public Optional<CustodyRules> custody() {
      return Optional.of(
          new FakeCustody() {
            @Override
            public boolean verifySignatures(
                Committee committee, ReleasePlan plan, int member, List<SchnorrSignature> given) {
              return type.equals(A.type())
                  && committee.equals(COMMITTEE)
                  && plan.equals(PLAN)
                  && member == 1
                  && given.equals(List.of(SCHNORR));
            }
          });
    }

    @Override
    public Verdict<Integer> signer(ClientView view, Bytes header, EcdsaSignature signature) {
      return said(view, new Budget(UNITS), "signer", header, signature.bytes())
          .then(said -> Verdict.accept(said.hashCode()));
    }

    @Override
    public Verdict<Target> target(ClientView view, Bytes header) {
      return Verdict.reject(RejectionCode.NOT_SUPPORTED, "not asked here");
    }

    @Override
    public Verdict<Bytes> compose(
        ClientView view, Bytes header, SortedMap<Integer, EcdsaSignature> signatures) {
      return Verdict.reject(RejectionCode.NOT_SUPPORTED, "not asked here");
    }

    @Override
    public Verdict<ClientDelta> handOver(
        ClientView view, long epoch, List<PublicKey> members, int threshold) {
      return Verdict.reject(RejectionCode.NOT_SUPPORTED, "not asked here");
    }
  }

  private static final CustodyRules.Committee COMMITTEE = committee(1);
  private static final CustodyRules.ReleasePlan PLAN = plan(1);
  private static final SchnorrSignature SCHNORR = schnorr(1);

  private static CustodyRules.Committee committee(long epoch) {
    return new CustodyRules.Committee(
        epoch, List.of(hash("a"), hash("b"), hash("c"), hash("d")), 3);
  }

  private static CustodyRules.ReleasePlan plan(int number) {
    return new CustodyRules.ReleasePlan(
        bytes("plan " + number),
        List.of(),
        new CustodyRules.Payout(hash("release"), bytes("script"), Amount.of(1)),
        Amount.of(1));
  }

  private static SchnorrSignature schnorr(int number) {
    return Secp256k1.instance().signSchnorr(hash("digest " + number), SIGNER, Hash32.ZERO);
  }

  private static EcdsaSignature ecdsa(int number) {
    return Secp256k1.instance().signEcdsa(hash("digest " + number), SIGNER);
  }

  private static Hash32 hash(String text) {
    return Digests.sha256(bytes(text));
  }

  private static Bytes bytes(String text) {
    return Bytes.utf8(text);
  }

  /**
   * A question, with all that its answer depends on.
   *
   * @param state of the client that is asked
   */
  private record Case(Question<?> question, String state, long units) {
    ClientView view() {
      return key -> key.equals(KEY) ? Optional.of(bytes(state)) : Optional.empty();
    }
  }

  private static Case ask(Question<?> question) {
    return new Case(question, "1", UNITS);
  }

  /**
   * A case, and others that differ from it in one input each.
   *
   * @param others by the place of that input
   */
  private record Kind(Case base, SortedMap<Integer, Case> others) {
    static Kind of(Question<?> base, Object... placesAndOthers) {
      TreeMap<Integer, Case> others = new TreeMap<>();
      for (int i = 0; i < placesAndOthers.length; i += 2) {
        others.put((Integer) placesAndOthers[i], (Case) placesAndOthers[i + 1]);
      }
      others.put(base.inputs().size(), new Case(base, "1", UNITS + 1));
      return new Kind(ask(base), others);
    }

    List<Case> all() {
      List<Case> all = new ArrayList<>(others.values());
      all.add(base);
      all.add(new Case(base.question(), "another", UNITS));
      all.add(new Case(base.question(), "1", 3)); // less than it takes
      return all;
    }

    String name() {
      return base.question().getClass().getSimpleName();
    }
  }

  private static final Bytes X = bytes("x");
  private static final Bytes Y = bytes("y");
  private static final Bytes TEN = new CanonicalWriter().u64(10).toBytes();

  private static List<Kind> kinds() {
    return List.of(
        Kind.of(
            new Question.Update(A, ONE, X, 10),
            0,
            ask(new Question.Misbehaviour(A, ONE, X, 10)),
            1,
            ask(new Question.Update(B, ONE, X, 10)),
            2,
            new Case(new Question.Update(A, TWO, X, 10), "2", UNITS),
            3,
            ask(new Question.Update(A, ONE, Y, 10)),
            4,
            ask(new Question.Update(A, ONE, X, 11))),
        Kind.of(
            new Question.Misbehaviour(A, ONE, X, 10),
            0,
            ask(new Question.Update(A, ONE, X, 10)),
            1,
            ask(new Question.Misbehaviour(B, ONE, X, 10)),
            2,
            new Case(new Question.Misbehaviour(A, TWO, X, 10), "2", UNITS),
            3,
            ask(new Question.Misbehaviour(A, ONE, Y, 10)),
            4,
            ask(new Question.Misbehaviour(A, ONE, X, 11))),
        Kind.of(
            new Question.Membership(A, ONE, new Claim(X, X, X)),
            1,
            ask(new Question.Membership(B, ONE, new Claim(X, X, X))),
            2,
            new Case(new Question.Membership(A, TWO, new Claim(X, X, X)), "2", UNITS),
            3,
            ask(new Question.Membership(A, ONE, new Claim(Y, X, X))),
            4,
            ask(new Question.Membership(A, ONE, new Claim(X, Y, X))),
            5,
            ask(new Question.Membership(A, ONE, new Claim(X, X, Y)))),
        Kind.of(
            new Question.NonMembership(A, ONE, X, TEN),
            0,
            ask(new Question.Update(A, ONE, X, 10)),
            1,
            ask(new Question.NonMembership(B, ONE, X, TEN)),
            2,
            new Case(new Question.NonMembership(A, TWO, X, TEN), "2", UNITS),
            3,
            ask(new Question.NonMembership(A, ONE, Y, TEN)),
            4,
            ask(new Question.NonMembership(A, ONE, X, Y))),
        Kind.of(
            new Question.Signer(A, ONE, X, ecdsa(1)),
            0,
            ask(new Question.NonMembership(A, ONE, X, ecdsa(1).bytes())),
            1,
            ask(new Question.Signer(B, ONE, X, ecdsa(1))),
            2,
            new Case(new Question.Signer(A, TWO, X, ecdsa(1)), "2", UNITS),
            3,
            ask(new Question.Signer(A, ONE, Y, ecdsa(1))),
            4,
            ask(new Question.Signer(A, ONE, X, ecdsa(2)))),
        Kind.of(
            new Question.PlanSignatures(A, COMMITTEE, PLAN, 1, List.of(SCHNORR)),
            1,
            ask(new Question.PlanSignatures(B, COMMITTEE, PLAN, 1, List.of(SCHNORR))),
            2,
            ask(new Question.PlanSignatures(A, committee(2), PLAN, 1, List.of(SCHNORR))),
            3,
            ask(new Question.PlanSignatures(A, COMMITTEE, plan(2), 1, List.of(SCHNORR))),
            4,
            ask(new Question.PlanSignatures(A, COMMITTEE, PLAN, 2, List.of(SCHNORR))),
            5,
            ask(new Question.PlanSignatures(A, COMMITTEE, PLAN, 1, List.of(schnorr(2))))),
        Kind.of(
            new Question.SignedBy(ecdsa(1), hash("digest 1")),
            1,
            ask(new Question.SignedBy(ecdsa(2), hash("digest 1"))),
            2,
            ask(new Question.SignedBy(ecdsa(1), hash("digest 2")))));
  }

  /** Keeps every answer, however cheap. */
  private static class KeepsAll extends Binding {
    @Override
    boolean isWorthKeeping(Question<?> question, long units) {
      return true;
    }
  }

  /** Leaves out an input, or what was read, or both. */
  private static final class Forgetful extends KeepsAll {
    private final int place;
    private final boolean state;

    Forgetful(int place, boolean state) {
      this.place = place;
      this.state = state;
    }

    @Override
    List<Bytes> inputs(Question<?> question, long budget) {
      List<Bytes> inputs = new ArrayList<>(super.inputs(question, budget));
      if (place >= 0 && place < inputs.size()) {
        inputs.remove(place);
      }
      return inputs;
    }

    @Override
    boolean holds(Answer<?> answer, ClientView view) {
      return state || super.holds(answer, view);
    }
  }

  private static Answers answer(Binding binding, Case asked) {
    Checks noting = Checks.noting(binding);
    Verdict<?> _ = noting.ask(asked.question(), asked.view(), new Budget(asked.units()));
    return noting.answers(0);
  }

  /** Whether a question is answered as if nothing had been asked before. */
  private static boolean agrees(Binding binding, Answers before, Case asked) {
    Budget saved = new Budget(asked.units());
    Budget spent = new Budget(asked.units());
    try {
      Verdict<?> looked = Checks.known(binding, before).ask(asked.question(), asked.view(), saved);
      return looked.equals(asked.question().compute(asked.view(), spent))
          && saved.left() == spent.left();
    } catch (ClassCastException anotherKind) {
      return false;
    }
  }

  @Test
  void noAnswerServesAnotherQuestion() {
    Binding binding = new KeepsAll();
    List<Case> all = kinds().stream().flatMap(kind -> kind.all().stream()).toList();
    Map<Hash32, Answer<?>> everything = new HashMap<>();
    for (Case first : all) {
      Answers answers = answer(binding, first);
      assertThat(answers.byKey()).hasSize(1);
      everything.putAll(answers.byKey());
      for (Case second : all) {
        assertThat(agrees(binding, answers, second)).as("%s after %s", second, first).isTrue();
      }
    }
    for (Case each : all) {
      assertThat(agrees(binding, new Answers(everything, 0), each)).as("%s", each).isTrue();
    }
  }

  @Test
  void anInputThatIsLeftOutIsCaught() {
    TreeSet<String> redundant = new TreeSet<>();
    for (Kind kind : kinds()) {
      int inputs = kind.base().question().inputs().size() + 1; // and the budget
      for (int place = 0; place < inputs; place++) {
        Case other = kind.others().get(place);
        if (other == null) {
          redundant.add(kind.name() + " " + place);
          continue;
        }
        // which client it is shows in what is read of it as well
        boolean state = !other.state().equals(kind.base().state());
        Binding forgetful = new Forgetful(place, state);
        assertThat(agrees(forgetful, answer(forgetful, kind.base()), other))
            .as("%s without input %d", kind.name(), place)
            .isFalse();
      }
    }
    assertThat(redundant)
        .as("the kind of those that no other kind can be taken for by their shape")
        .containsExactly("Membership 0", "PlanSignatures 0", "SignedBy 0");
  }

  @Test
  void stateThatIsLeftOutIsCaught() {
    Binding forgetful = new Forgetful(-1, true);
    int caught = 0;
    for (Kind kind : kinds()) {
      Case base = kind.base();
      Case moved = new Case(base.question(), "moved", base.units());
      caught += agrees(forgetful, answer(forgetful, base), moved) ? 0 : 1;
    }
    assertThat(caught).as("all but the two that look at no state").isEqualTo(kinds().size() - 2);
  }

  /** As a family would that takes any exception for malformed input. */
  @Test
  void whatACheckMakesOfAFailedReadIsNoAnswer() {
    ClientView broken =
        key -> {
          throw new IllegalStateException("the store is closed");
        };
    Question<?> question = new Question.Update(A, ONE, X, 10);
    Checks noting = Checks.noting(new KeepsAll());
    assertThat(noting.ask(question, broken, new Budget(UNITS)).isAccepted()).isFalse();
    assertThat(noting.answers(0).isEmpty()).isTrue();
    assertThat(noting.ask(question, ask(question).view(), new Budget(UNITS)).isAccepted()).isTrue();
    assertThat(noting.answers(0).isEmpty()).isFalse();
  }

  @Test
  void cheapAnswersAreNotKept() {
    assertThat(answer(Binding.EVERYTHING, ask(new Question.Update(A, ONE, X, 10))).isEmpty())
        .isTrue();
    assertThat(
            answer(Binding.EVERYTHING, ask(new Question.SignedBy(ecdsa(1), hash("d")))).isEmpty())
        .isFalse();
    assertThat(Answers.NONE.isEmpty()).isTrue();
    assertThat(Answers.NONE.bytes()).isZero();
  }
}
