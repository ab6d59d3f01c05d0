package dev.trestle.relay.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.ledger.fake.FakeAttestedFamily;
import dev.trestle.relay.ledger.record.CommitteeRecord;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.tx.GovernanceAction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Change of the keys with which the committee attests. */
class CommitteesTest {
  private static final long OVERLAP = 7_200_000;

  private final Hub hub = new Hub();
  private final List<SecretKey> next = Hub.keys("attest-next", 4);

  CommitteesTest() {
    Bytes header = hub.far.mine();
    TreeMap<Integer, EcdsaSignature> signatures = new TreeMap<>();
    for (int member = 0; member < 3; member++) {
      signatures.put(member, sign(hub.attestKeys.get(member), header));
    }
    hub.ok(
        hub.approved(
            new TransactionBody.RegisterChain(
                hub.far.id(),
                "Attested",
                "fake-adapter",
                FakeAttestedFamily.TYPE,
                FakeAttestedFamily.anchor(
                    hub.far.anchor(),
                    7,
                    3,
                    hub.attestKeys.stream().map(SecretKey::publicKey).toList()),
                1,
                Optional.of(Hub.CONTRACT),
                FakeAttestedFamily.message(header, signatures),
                Hub.LIMITS,
                List.of()),
            3));
  }

  private static EcdsaSignature sign(SecretKey key, Bytes header) {
    return Secp256k1.instance().signEcdsa(FakeAttestedFamily.digest(header), key);
  }

  private String attest(int member, SecretKey key, Bytes header) {
    return hub.send(
            new TransactionBody.AttestHeader(hub.far.id(), header, member, sign(key, header)))
        .code();
  }

  private static List<PublicKey> keys(List<SecretKey> keys) {
    return keys.stream().map(SecretKey::publicKey).toList();
  }

  private void rotate() {
    hub.decide(new GovernanceAction.RotateCommittee(keys(next), OVERLAP));
  }

  private long head() {
    return hub.view().head(hub.far.id()).orElseThrow().height();
  }

  @Test
  void theOldKeysAreGoodUntilTheClientFollowsTheNewOnes() {
    rotate();
    assertThat(hub.view().committee().epoch()).isEqualTo(8);
    Bytes header = hub.far.mine();
    for (int member = 0; member < 3; member++) {
      assertThat(attest(member, hub.attestKeys.get(member), header)).isEqualTo("ok");
    }
    assertThat(head()).as("by the old keys").isEqualTo(102);
    Bytes second = hub.far.mine();
    assertThat(attest(0, hub.attestKeys.get(0), second)).isEqualTo("ok");
    assertThat(attest(1, next.get(1), second)).as("the client follows").isEqualTo("ok");
    assertThat(attest(2, hub.attestKeys.get(2), second)).isEqualTo("bad-attestation");
    assertThat(attest(2, next.get(2), second)).isEqualTo("ok");
    assertThat(head()).as("one old and two new signatures are no quorum").isEqualTo(102);
    assertThat(attest(0, next.get(0), second)).as("the seat says it again").isEqualTo("ok");
    assertThat(head()).isEqualTo(103);
  }

  @Test
  void afterTheOverlapTheOldKeysAreGoodForNothing() {
    rotate();
    hub.pass(OVERLAP);
    Bytes header = hub.far.mine();
    assertThat(attest(0, hub.attestKeys.get(0), header)).isEqualTo("wrong-epoch");
    for (int member = 1; member < 4; member++) {
      assertThat(attest(member, next.get(member), header)).isEqualTo("ok");
    }
    assertThat(head()).isEqualTo(102);
  }

  @Test
  void aClientThatMissedAChangeFollowsTheNext() {
    rotate();
    List<SecretKey> third = Hub.keys("attest-third", 4);
    hub.decide(new GovernanceAction.RotateCommittee(keys(third), 0));
    Bytes header = hub.far.mine();
    assertThat(attest(0, hub.attestKeys.get(0), header)).isEqualTo("wrong-epoch");
    assertThat(attest(0, next.get(0), header))
        .as("their overlap was ended")
        .isEqualTo("wrong-epoch");
    for (int member = 0; member < 3; member++) {
      assertThat(attest(member, third.get(member), header)).isEqualTo("ok");
    }
    assertThat(head()).isEqualTo(102);
  }

  @Test
  void onlyNewKeysMayPauseAndSuspendedSeatsStaySuspended() {
    Bytes fork = hub.far.fork(Bytes.utf8("lie"));
    Bytes header = hub.far.mine();
    attest(0, hub.attestKeys.get(0), header);
    assertThat(attest(0, hub.attestKeys.get(0), fork)).isEqualTo("equivocation");
    rotate();
    assertThat(attest(0, next.get(0), header)).isEqualTo("member-suspended");
    TransactionBody pause = new TransactionBody.Pause(new PauseSubject.Chain(hub.far.id()));
    assertThat(hub.send(hub.attestKeys.get(1), pause).code()).isEqualTo("not-authorised");
    assertThat(hub.send(next.get(0), pause).code()).isEqualTo("not-authorised");
    assertThat(hub.send(next.get(1), pause).code()).isEqualTo("ok");
  }

  @Test
  void seatsAreFixedAndKeysDistinct() {
    GovernanceAction five =
        new GovernanceAction.RotateCommittee(keys(Hub.keys("attest-next", 5)), OVERLAP);
    assertThat(hub.send(hub.governance.getFirst(), new TransactionBody.Propose(five)).code())
        .isEqualTo("invalid-action");
    List<PublicKey> twice =
        List.of(
            next.get(0).publicKey(),
            next.get(0).publicKey(),
            next.get(1).publicKey(),
            next.get(2).publicKey());
    assertThatThrownBy(() -> new GovernanceAction.RotateCommittee(twice, OVERLAP))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () ->
                new GovernanceAction.RotateCommittee(
                    keys(next), GovernanceAction.RotateCommittee.MAX_OVERLAP_MILLIS + 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void i7I8I14TheCommitteeChangesByDecisionAlone() {
    long number = hub.approved(new GovernanceAction.RotateCommittee(keys(next), OVERLAP));
    hub.pass(Hub.DELAY_MILLIS);
    TransactionBody decision = new TransactionBody.ExecuteProposal(number);
    hub.block();
    Falsified falsified = new Falsified(hub);
    CommitteeRecord now = hub.view().committee();
    CommitteeRecord good = now.rotated(keys(next), hub.ledger.head().timeMillis(), OVERLAP);
    falsified.catches(
        Invariant.I8,
        decision,
        x -> put(x, new CommitteeRecord(9, good.attestKeys(), good.previous())));
    falsified.catches(
        Invariant.I7,
        decision,
        x -> put(x, new CommitteeRecord(8, good.attestKeys().subList(0, 3), good.previous())));
    falsified.catches(
        Invariant.I7,
        decision,
        x ->
            put(
                x,
                now.rotated(
                    keys(next),
                    x.block().timeMillis(),
                    GovernanceAction.RotateCommittee.MAX_OVERLAP_MILLIS + 1)));
    TransactionBody pause = new TransactionBody.Pause(new PauseSubject.Everything());
    Falsified.caught(Invariant.I14, pause, falsified.execution(), x -> put(x, good));
  }

  private static void put(Execution x, CommitteeRecord record) {
    x.put(StateKeys.committee(), record.encode());
  }
}
