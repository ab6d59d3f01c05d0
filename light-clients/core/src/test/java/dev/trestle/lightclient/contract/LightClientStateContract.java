package dev.trestle.lightclient.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.VerifiedUpdate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TimeZone;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** The part of the contract about what a client remembers: states, clocks, freezing, quorums. */
abstract class LightClientStateContract extends LightClientContractBase {
  /** Largest set for which "one short" is tested. */
  static final int MAX_MEMBERS = 600;

  private static final int THREADS = 4;

  /** Empty where trust does not run out. */
  protected abstract Optional<TrustWindow> trustWindow();

  /** How the family counts signatures. */
  protected abstract Quorums quorums();

  /** {@link ClientState#hash} after the scenario: pins the state format. */
  protected abstract String goldenStateHash();

  /** Why this family can have no evidence of misbehaviour, where that is so. */
  protected Optional<String> noMisbehaviour() {
    return Optional.empty();
  }

  @Test
  void theSameInputGivesTheSameStateOnEveryRunThreadAndLocale() throws Exception {
    assertThat(run().last().hash()).isEqualTo(goldenStateHash());
    Callable<String> play = () -> new Run(client(), scenario()).last().hash();
    Locale locale = Locale.getDefault();
    TimeZone zone = TimeZone.getDefault();
    try {
      for (String tag : List.of("tr-TR", "ar-EG-u-nu-arab", "th-TH-u-ca-buddhist-nu-thai", "de")) {
        Locale.setDefault(Locale.forLanguageTag(tag));
        TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Apia"));
        assertThat(play.call()).as(tag).isEqualTo(goldenStateHash());
      }
    } finally {
      Locale.setDefault(locale);
      TimeZone.setDefault(zone);
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<String>> hashes = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        hashes.add(threads.submit(play));
      }
      for (Future<String> hash : hashes) {
        assertThat(hash.get()).isEqualTo(goldenStateHash());
      }
    }
  }

  @Test
  void aRefusedUpdateChangesNothingAndAnUpdateCountsOnce() {
    String before = run().beforeLast().hash();
    Bytes update = run().scenario().updates().getLast();
    long now = run().scenario().nowSeconds();
    for (int bit = 0; bit < 64; bit++) {
      Input mutant = Mutants.flip(new Input.Update(update, now), bit * update.size() / 64 * 8);
      run().judge(run().beforeLast(), mutant, new Budget(Run.AMPLE));
    }
    assertThat(run().beforeLast().hash()).isEqualTo(before);
    VerifiedUpdate verified =
        client().verify(run().beforeLast(), update, new Budget(Run.AMPLE), now).orThrow();
    ClientState after = run().beforeLast().with(client().apply(run().beforeLast(), verified));
    assertThat(after.hash()).isEqualTo(run().last().hash());
    Verdict<VerifiedUpdate> again = client().verify(after, update, new Budget(Run.AMPLE), now);
    assertThat(again.isAccepted()).as("the same update again: %s", again).isFalse();
  }

  @Test
  void honestProgressIsNoMisbehaviour() {
    for (Bytes honest : run().scenario().honestEvidence()) {
      Verdict<?> verdict =
          run().judge(run().last(), new Input.Evidence(honest), new Budget(Run.AMPLE));
      assertThat(Run.code(verdict))
          .as("%s", verdict)
          .isEqualTo(RejectionCode.NOT_MISBEHAVIOUR.code());
    }
    for (Bytes update : run().scenario().updates()) {
      assertThat(
              run()
                  .judge(run().last(), new Input.Evidence(update), new Budget(Run.AMPLE))
                  .isAccepted())
          .isFalse();
    }
    assertThat(run().scenario().honestEvidence().isEmpty()).isEqualTo(noMisbehaviour().isPresent());
  }

  @Test
  void misbehaviourFreezesAndAFrozenClientVerifiesNothing() {
    assertThat(run().scenario().misbehaviour().isEmpty()).isEqualTo(noMisbehaviour().isPresent());
    for (Bytes evidence : run().scenario().misbehaviour()) {
      ClientState frozen = frozen(evidence);
      long now = run().scenario().nowSeconds();
      assertThat(client().status(frozen, now)).isEqualTo(ClientStatus.FROZEN);
      assertThat(client().status(frozen, Long.MAX_VALUE / 2)).isEqualTo(ClientStatus.FROZEN);
      for (Run.Good good : run().good()) {
        assertThat(Run.code(run().judge(frozen, good.input(), new Budget(Run.AMPLE))))
            .as("%s", good.input())
            .isEqualTo(RejectionCode.CLIENT_FROZEN.code());
      }
    }
  }

  private ClientState frozen(Bytes evidence) {
    return run()
        .last()
        .with(
            client()
                .checkMisbehaviour(
                    run().last(), evidence, new Budget(Run.AMPLE), run().scenario().nowSeconds())
                .orThrow());
  }

  @Test
  void onlyAStoppedClientIsRecoveredAndOnlyByAHealthyOneOfTheSameChain() {
    long now = run().scenario().nowSeconds();
    ClientState healthy = run().last();
    assertRecovery("client-active", healthy, healthy, Run.AMPLE, now);
    for (Bytes evidence : run().scenario().misbehaviour()) {
      ClientState frozen = frozen(evidence);
      assertRecovery("client-frozen", frozen, frozen, Run.AMPLE, now);
      Budget ample = new Budget(Run.AMPLE);
      ClientState recovered = frozen.with(client().recover(frozen, healthy, ample, now).orThrow());
      long used = Run.AMPLE - ample.left();
      assertThat(used).isPositive();
      assertRecovery("accepted", frozen, healthy, used, now);
      assertRecovery("budget-exceeded", frozen, healthy, used - 1, now);
      assertThat(client().status(recovered, now).mayVerify()).isTrue();
      assertThat(client().latest(recovered)).isEqualTo(client().latest(healthy));
      for (Claim claim : run().scenario().claims()) {
        assertThat(client().membership(recovered, claim, new Budget(Run.AMPLE)).isAccepted())
            .isTrue();
      }
      assertForeignSubstituteIsRefused(frozen, now);
    }
    trustWindow()
        .ifPresent(
            window ->
                assertRecovery(
                    "client-expired",
                    run().beforeLast(),
                    run().beforeLast(),
                    Run.AMPLE,
                    window.firstExpiredSeconds()));
  }

  private void assertForeignSubstituteIsRefused(ClientState frozen, long now) {
    ClientState foreign =
        ClientState.EMPTY.with(
            client().initialize(foreignAnchor(), new Budget(Run.AMPLE)).orThrow());
    assertThat(client().recover(frozen, foreign, new Budget(Run.AMPLE), now).isAccepted())
        .as("a substitute of another chain")
        .isFalse();
  }

  private void assertRecovery(
      String code, ClientState subject, ClientState substitute, long units, long now) {
    Verdict<ClientDelta> verdict = client().recover(subject, substitute, new Budget(units), now);
    assertThat(Run.code(verdict)).as("%s", verdict).isEqualTo(code);
  }

  @Test
  void trustRunsOutWhenItShould() {
    Bytes update = run().scenario().updates().getLast();
    if (trustWindow().isEmpty()) {
      assertThat(client().status(run().last(), Long.MAX_VALUE / 2).mayVerify()).isTrue();
      return;
    }
    TrustWindow window = trustWindow().get();
    ClientState state = run().beforeLast();
    assertThat(client().status(state, window.lastGoodSeconds()).mayVerify()).isTrue();
    assertThat(client().status(state, window.firstExpiredSeconds()))
        .isEqualTo(ClientStatus.EXPIRED);
    assertThat(client().status(state, Long.MAX_VALUE / 2)).isEqualTo(ClientStatus.EXPIRED);
    String expired = RejectionCode.CLIENT_EXPIRED.code();
    assertThat(
            Run.code(
                client().verify(state, update, new Budget(Run.AMPLE), window.lastGoodSeconds())))
        .isNotEqualTo(expired);
    for (long late : new long[] {window.firstExpiredSeconds(), Long.MAX_VALUE / 2}) {
      assertThat(Run.code(client().verify(state, update, new Budget(Run.AMPLE), late)))
          .isEqualTo(expired);
    }
    for (Bytes evidence : run().scenario().misbehaviour()) {
      Budget ample = new Budget(Run.AMPLE);
      long late = Long.MAX_VALUE / 2;
      assertThat(client().checkMisbehaviour(run().last(), evidence, ample, late).isAccepted())
          .as("evidence for a client that has expired")
          .isFalse();
    }
  }

  @Test
  void oneSignatureShortIsNotEnough() {
    switch (quorums()) {
      case Quorums.None(String why) -> assertThat(why).isNotBlank();
      case Quorums.EverySize(IntFunction<Quorums.Quorum> ofSize) -> {
        int formed = 0;
        for (int n = 1; n <= MAX_MEMBERS; n++) {
          formed += assertQuorum("n = " + n, ofSize.apply(n));
        }
        report(formed, MAX_MEMBERS - formed);
      }
      case Quorums.FixedSize(Map<Integer, Quorums.Quorum> cases) -> {
        assertThat(cases).isNotEmpty();
        cases.forEach((signers, each) -> assertQuorum(signers + " signers", each));
        report(cases.size(), 0);
      }
    }
  }

  private void report(int formed, int refused) {
    System.out.printf(
        "%s: one signature short refused in %d sets, %d set sizes refused%n",
        getClass().getSimpleName(), formed, refused);
  }

  /** 1 if the set exists. */
  private int assertQuorum(String name, Quorums.Quorum quorum) {
    return switch (quorum) {
      case Quorums.Quorum.RefusedSize(Bytes anchor) -> {
        assertThat(client().initialize(anchor, new Budget(Run.AMPLE)).isAccepted())
            .as("a set that may not exist: %s", name)
            .isFalse();
        yield 0;
      }
      case Quorums.Quorum.Formed formed -> {
        Scenario small =
            new Scenario(
                formed.anchor(),
                formed.setup(),
                formed.nowSeconds(),
                List.of(),
                List.of(),
                List.of(),
                List.of());
        ClientState state = new Run(client(), small).last();
        long now = formed.nowSeconds();
        assertThat(Run.code(client().verify(state, formed.enough(), new Budget(Run.AMPLE), now)))
            .as("enough: %s", name)
            .isEqualTo("accepted");
        assertThat(Run.code(client().verify(state, formed.oneShort(), new Budget(Run.AMPLE), now)))
            .as("one short: %s", name)
            .isEqualTo(formed.code().code());
        yield 1;
      }
    };
  }
}
