package dev.trestle.lightclient.attested;

import static dev.trestle.lightclient.attested.AttestedUpdateTest.assertReason;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.proofs.evm.EvmHeader;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttestedMisbehaviourTest {
  private final Fixture four = new Fixture(4, 3);

  @Test
  void twoHeadersOfOneHeightFreezeTheClient() {
    Bytes one = four.update(Fixture.header(150), 0, 1, 2);
    Bytes two = four.update(fork(150), 1, 2, 3);
    four.view.apply(check(AttestedUpdate.evidence(List.of(one, two))).orThrow());
    assertThat(four.client.status(four.view, Fixture.NOW)).isEqualTo(ClientStatus.FROZEN);
    assertReason(
        RejectionCode.CLIENT_FROZEN,
        four.client.verify(four.view, one, Fixture.budget(), Fixture.NOW));
    assertReason(RejectionCode.CLIENT_FROZEN, check(AttestedUpdate.evidence(List.of(one, two))));
  }

  @Test
  void oneHeaderAgainstAKnownOneIsEnough() {
    four.accept(Fixture.header(150), 0, 1, 2);
    Bytes two = four.update(fork(150), 1, 2, 3);
    assertThat(check(AttestedUpdate.evidence(List.of(two))).isAccepted()).isTrue();
    Bytes childOfAnother = four.update(Fixture.header(151), 1, 2, 3);
    assertThat(check(AttestedUpdate.evidence(List.of(childOfAnother))).isAccepted()).isTrue();
    Bytes parentOfAnother = four.update(Fixture.header(149), 1, 2, 3);
    assertThat(check(AttestedUpdate.evidence(List.of(parentOfAnother))).isAccepted()).isTrue();
  }

  @Test
  void anExpiredClientTakesNoEvidence() {
    four.accept(Fixture.header(150), 0, 1, 2);
    Bytes evidence = AttestedUpdate.evidence(List.of(four.update(fork(150), 1, 2, 3)));
    long last = Fixture.NOW + Fixture.PERIOD;
    assertThat(check(evidence, last).isAccepted()).isTrue();
    assertReason(RejectionCode.CLIENT_EXPIRED, check(evidence, last + 1));
    assertReason(RejectionCode.CLIENT_EXPIRED, check(Bytes.EMPTY, last + 1));
  }

  @Test
  void honestProgressIsNoMisbehaviour() {
    Bytes parent = Fixture.header(150);
    four.accept(parent, 0, 1, 2);
    Bytes child =
        Fixture.header(151, EvmHeader.decode(parent).hash(), Hash32.ZERO, Fixture.NOW + 151, "");
    Bytes again = four.update(parent, 0, 1, 3);
    Bytes next = four.update(child, 0, 1, 3);
    Bytes far = four.update(Fixture.header(170), 0, 1, 3);
    for (List<Bytes> honest :
        List.of(
            List.of(again),
            List.of(next),
            List.of(again, next),
            List.of(next, far),
            List.of(again, again))) {
      assertReason(RejectionCode.NOT_MISBEHAVIOUR, check(AttestedUpdate.evidence(honest)));
    }
  }

  @Test
  void evidenceWithoutQuorumOrOfAnotherFormIsRefused() {
    four.accept(Fixture.header(150), 0, 1, 2);
    assertReason(
        RejectionCode.QUORUM_LOW,
        check(AttestedUpdate.evidence(List.of(four.update(fork(150), 1, 2)))));
    Bytes two = four.update(fork(150), 1, 2, 3);
    assertReason(RejectionCode.MALFORMED, check(AttestedUpdate.evidence(List.of())));
    assertReason(RejectionCode.MALFORMED, check(AttestedUpdate.evidence(List.of(two, two, two))));
    assertReason(RejectionCode.MALFORMED, check(Bytes.EMPTY));
    Bytes evidence = AttestedUpdate.evidence(List.of(two));
    assertReason(RejectionCode.MALFORMED, check(Bytes.concat(evidence, Bytes.fromHex("00"))));
    assertReason(
        RejectionCode.MALFORMED,
        check(Bytes.concat(Bytes.fromHex("02"), evidence.slice(1, evidence.size()))));
  }

  @Test
  void recoveryTakesOverTheSubstituteAndForgetsTheOldHeaders() {
    four.accept(Fixture.header(150), 0, 1, 2);
    four.view.apply(
        check(AttestedUpdate.evidence(List.of(four.update(fork(150), 1, 2, 3)))).orThrow());
    Fixture healthy = new Fixture(7, 5);
    healthy.accept(Fixture.header(160), 0, 1, 2, 3, 4);
    assertReason(
        RejectionCode.BUDGET_EXCEEDED,
        four.client.recover(four.view, healthy.view, new Budget(100), Fixture.NOW));
    four.view.apply(recover(healthy.view).orThrow());
    assertThat(four.view.snapshot()).isEqualTo(healthy.view.snapshot());
    assertThat(four.client.status(four.view, Fixture.NOW)).isEqualTo(ClientStatus.ACTIVE);
  }

  @Test
  void recoveryRefusesAFrozenOrForeignSubstitute() {
    Fixture frozen = new Fixture(4, 3);
    Bytes evidence =
        AttestedUpdate.evidence(
            List.of(
                frozen.update(Fixture.header(150), 0, 1, 2), frozen.update(fork(150), 0, 1, 2)));
    frozen.view.apply(
        frozen
            .client
            .checkMisbehaviour(frozen.view, evidence, Fixture.budget(), Fixture.NOW)
            .orThrow());
    assertReason(RejectionCode.CLIENT_FROZEN, recover(frozen.view));
    assertReason(RejectionCode.UNKNOWN_HEIGHT, recover(new Fixture.MemoryView()));
    assertReason(
        RejectionCode.CLIENT_EXPIRED,
        four.client.recover(
            four.view, new Fixture(7, 5).view, Fixture.budget(), Fixture.NOW + Fixture.PERIOD + 1));
    assertReason(RejectionCode.CLIENT_ACTIVE, recover(new Fixture(7, 5).view));
    four.view.apply(
        check(
                AttestedUpdate.evidence(
                    List.of(
                        four.update(Fixture.header(150), 0, 1, 2),
                        four.update(fork(150), 0, 1, 2))))
            .orThrow());

    AttestedAnchor a = four.anchor;
    assertReason(
        RejectionCode.WRONG_CHAIN,
        recover(initialised(anchor(a, a.hubId(), "eip155:1", Fixture.EPOCH))));
    assertReason(
        RejectionCode.WRONG_CHAIN,
        recover(
            initialised(
                anchor(
                    a, Hash32.fromHex("01".repeat(32)), Fixture.CHAIN.toString(), Fixture.EPOCH))));
    assertReason(
        RejectionCode.WRONG_EPOCH,
        recover(initialised(anchor(a, a.hubId(), Fixture.CHAIN.toString(), Fixture.EPOCH - 1))));
  }

  private static AttestedAnchor anchor(AttestedAnchor a, Hash32 hub, String chain, long epoch) {
    return new AttestedAnchor(
        hub,
        dev.trestle.base.ChainId.parse(chain),
        epoch,
        a.members(),
        a.threshold(),
        a.firstHeight(),
        a.trustedFromSeconds(),
        a.trustingPeriodSeconds());
  }

  private Fixture.MemoryView initialised(AttestedAnchor anchor) {
    Fixture.MemoryView view = new Fixture.MemoryView();
    view.apply(four.client.initialize(anchor.encode(), Fixture.budget()).orThrow());
    return view;
  }

  private Verdict<ClientDelta> recover(Fixture.MemoryView substitute) {
    return four.client.recover(four.view, substitute, Fixture.budget(), Fixture.NOW);
  }

  private Verdict<ClientDelta> check(Bytes evidence) {
    return check(evidence, Fixture.NOW);
  }

  private Verdict<ClientDelta> check(Bytes evidence, long nowSeconds) {
    return four.client.checkMisbehaviour(four.view, evidence, Fixture.budget(), nowSeconds);
  }

  private static Bytes fork(long height) {
    return Fixture.header(height, Hash32.ZERO, Hash32.ZERO, Fixture.NOW + height, "fork");
  }
}
