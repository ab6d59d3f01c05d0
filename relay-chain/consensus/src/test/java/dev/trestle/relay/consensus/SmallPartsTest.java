package dev.trestle.relay.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EcdsaSignature;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Sign guard, timers, pace, recovery, evidence, validator set. */
class SmallPartsTest {
  private final TestKeys keys = new TestKeys(4);
  private final Block block = keys.block(1, "a");

  private Verdict<SignGuardRules.Decision> guard(Statement last, Statement next) {
    EcdsaSignature signature = keys.sign(0, last.digest(TestKeys.CHAIN));
    return SignGuardRules.decide(
        Optional.of(
            new SignGuardRules.Last(last.position(), last.digest(TestKeys.CHAIN), signature)),
        next.position(),
        next.digest(TestKeys.CHAIN));
  }

  @Test
  void guardOnlyGoesForward() {
    Hash32 a = TestKeys.id("a");
    List<Statement> ascending =
        List.of(
            Statement.proposal(5, 0, a),
            Statement.prepare(5, 0, a),
            Statement.commit(5, 0, a),
            Statement.roundChange(5, 1, 0, a),
            Statement.proposal(5, 1, a),
            Statement.prepare(5, 1, a),
            Statement.commit(5, 1, a),
            Statement.proposal(6, 0, a));
    for (int i = 0; i < ascending.size(); i++) {
      for (int j = 0; j < ascending.size(); j++) {
        Verdict<SignGuardRules.Decision> verdict = guard(ascending.get(i), ascending.get(j));
        assertThat(verdict.isAccepted()).as(i + " then " + j).isEqualTo(j >= i);
        if (i == j) {
          assertThat(verdict.orThrow()).isInstanceOf(SignGuardRules.Decision.Repeat.class);
        } else if (j > i) {
          assertThat(verdict.orThrow()).isInstanceOf(SignGuardRules.Decision.SignNew.class);
        }
      }
    }
  }

  @Test
  void guardRefusesAnotherStatementAtTheSamePosition() {
    assertThat(
            guard(
                    Statement.prepare(5, 0, TestKeys.id("a")),
                    Statement.prepare(5, 0, TestKeys.id("b")))
                .isAccepted())
        .isFalse();
    assertThat(
            SignGuardRules.decide(
                    Optional.empty(),
                    new SignPosition(1, 0, StatementKind.PREPARE),
                    TestKeys.id("d"))
                .orThrow())
        .isInstanceOf(SignGuardRules.Decision.SignNew.class);
  }

  @Test
  void roundTimeoutGrowsByHalfAndIsCapped() {
    TimerPolicy timers = Peers.TIMERS;
    assertThat(timers.roundTimeoutMs(1_000, 0)).isEqualTo(1_000);
    assertThat(timers.roundTimeoutMs(1_000, 1)).isEqualTo(1_500);
    assertThat(timers.roundTimeoutMs(1_000, 2)).isEqualTo(2_250);
    assertThat(timers.roundTimeoutMs(1, 0)).isEqualTo(500);
    assertThat(timers.roundTimeoutMs(Long.MAX_VALUE, 0)).isEqualTo(5_000);
    for (int round : new int[] {20, 33, 64, 1_000, ConsensusLimits.MAX_ROUND}) {
      assertThat(timers.roundTimeoutMs(5_000, round)).isEqualTo(30_000);
    }
  }

  @Test
  void freshBlocksMustBeNearTheClock() {
    TimerPolicy timers = Peers.TIMERS;
    assertThat(timers.isTimely(10_500, 10_000, 0)).isTrue();
    assertThat(timers.isTimely(10_501, 10_000, 0)).isFalse();
    assertThat(timers.isTimely(4_500, 10_000, 0)).isTrue();
    assertThat(timers.isTimely(4_499, 10_000, 0)).isFalse();
    assertThat(timers.isTimely(4_499, 10_000, 1)).isTrue();
    assertThat(timers.isTimely(0, 1_700_000_000_000L, ConsensusLimits.MAX_ROUND)).isFalse();
  }

  @Test
  void paceFollowsWhatWasMeasured() {
    Pace pace = Pace.UNKNOWN;
    assertThat(pace.baseMs(Peers.TIMERS)).isEqualTo(1_000);
    for (int i = 0; i < 50; i++) {
      pace = pace.sample(100);
    }
    assertThat(pace.baseMs(Peers.TIMERS)).isBetween(400L, 450L);
    pace = pace.sample(-5).sample(Long.MAX_VALUE);
    assertThat(pace.baseMs(Peers.TIMERS)).isPositive();
  }

  @Test
  void recoveryTakesTheHeightThatHasNotEnded() {
    PreparedCertificate low = keys.prepared(1, 0, block.id(), 0, 1, 2);
    PreparedCertificate high = keys.prepared(1, 2, block.id(), 0, 1, 2);
    SignedMessage vote = keys.sign(0, new ConsensusMessage.Prepare(1, 0, block.id()));
    SignedMessage change = keys.sign(0, new ConsensusMessage.RoundChange(1, 3, Optional.of(high)));
    List<DurableRecord> records =
        new ArrayList<>(
            List.of(
                new DurableRecord.Body(block),
                new DurableRecord.OwnMessage(vote),
                new DurableRecord.Prepared(high),
                new DurableRecord.Prepared(low),
                new DurableRecord.Round(1, 3, Optional.of(change)),
                new DurableRecord.Round(1, 2, Optional.empty())));
    RecoveredHeight recovered = RecoveredHeight.recover(records);
    assertThat(recovered.height()).isEqualTo(1);
    assertThat(recovered.round()).isEqualTo(3);
    assertThat(recovered.roundChange()).contains(change);
    assertThat(recovered.prepared()).contains(high);
    assertThat(recovered.own()).containsExactly(vote);
    assertThat(recovered.bodies()).containsExactly(block);

    records.add(new DurableRecord.EndHeight(1));
    assertThat(RecoveredHeight.recover(records)).isEqualTo(RecoveredHeight.NONE);
    assertThat(RecoveredHeight.recover(List.of())).isEqualTo(RecoveredHeight.NONE);
  }

  @Test
  void evidenceHasOneFormAndNeedsAContradiction() {
    SignedStatement one = keys.sign(1, Statement.prepare(1, 0, TestKeys.id("a")));
    SignedStatement other = keys.sign(1, Statement.prepare(1, 0, TestKeys.id("b")));
    assertThat(new Evidence(one, other)).isEqualTo(new Evidence(other, one));
    assertThat(new Evidence(one, other).verify(TestKeys.CHAIN).isAccepted()).isTrue();
    assertThat(new Evidence(one, other).verify(TestKeys.id("x")).isAccepted()).isFalse();
    assertThat(Evidence.of(one, one)).isEmpty();
    assertThat(Evidence.of(one, keys.sign(2, other.statement()))).isEmpty();
    SignedStatement nextRound = keys.sign(1, Statement.prepare(1, 1, TestKeys.id("b")));
    assertThat(Evidence.of(one, nextRound)).isEmpty();
    assertThatThrownBy(() -> new Evidence(one, nextRound))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void evidenceExpires() {
    Evidence evidence =
        new Evidence(
            keys.sign(1, Statement.commit(7, 0, TestKeys.id("a"))),
            keys.sign(1, Statement.commit(7, 0, TestKeys.id("b"))));
    assertThat(evidence.isExpiredAt(7)).isFalse();
    assertThat(evidence.isExpiredAt(7 + ConsensusLimits.EVIDENCE_MAX_AGE)).isFalse();
    assertThat(evidence.isExpiredAt(8 + ConsensusLimits.EVIDENCE_MAX_AGE)).isTrue();
  }

  @Test
  void onlyADeniedCommitIsEvidence() {
    Hash32 a = TestKeys.id("a");
    SignedStatement commit = keys.sign(1, Statement.commit(1, 2, a));
    assertThat(Evidence.of(commit, keys.sign(1, Statement.roundChange(1, 3, 2, a)))).isEmpty();
    assertThat(Evidence.of(commit, keys.sign(1, Statement.roundChange(1, 5, 4, TestKeys.id("b")))))
        .isEmpty();
    assertThat(Evidence.of(commit, keys.sign(1, Statement.roundChange(1, 2, 1, a)))).isEmpty();
    assertThat(Evidence.of(commit, keys.sign(1, Statement.roundChange(1, 3, 1, a)))).isPresent();
    assertThat(Evidence.of(commit, keys.sign(1, Statement.roundChange(1, 3, 2, TestKeys.id("b")))))
        .isPresent();
    assertThat(Evidence.of(commit, keys.sign(1, Statement.roundChange(1, 3, -1, Hash32.ZERO))))
        .isPresent();
  }

  @Test
  void validatorsAreOrderedAndDistinct() {
    ValidatorSet set = keys.validators;
    assertThatThrownBy(() -> new ValidatorSet(set.members().reversed()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> new ValidatorSet(List.of(set.members().getFirst(), set.members().getFirst())))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ValidatorSet(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void statementsThatCannotBeTrueCannotBeMade() {
    Hash32 a = TestKeys.id("a");
    assertThatThrownBy(() -> Statement.roundChange(1, 0, -1, Hash32.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Statement.roundChange(1, 2, 2, a))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Statement.roundChange(1, 2, -1, a))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Statement.prepare(1, 0, Hash32.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Statement.prepare(0, 0, a))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void bodiesAreBounded() {
    Bodies bodies = Bodies.EMPTY;
    for (int i = 0; i < 3 * ConsensusLimits.MAX_BODIES; i++) {
      bodies = bodies.add(keys.block(1, "block " + i)).add(block);
    }
    assertThat(bodies.entries()).hasSize(ConsensusLimits.MAX_BODIES);
    assertThat(bodies.find(block.id())).isPresent();
  }
}
