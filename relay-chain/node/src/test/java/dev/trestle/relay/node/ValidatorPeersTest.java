package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.relay.ledger.Genesis;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whose certificates have the rights of a validator, from plan to farewell. */
class ValidatorPeersTest {
  private static final Genesis.Validator A = validator(0, "a");
  private static final Genesis.Validator B = validator(1, "b");
  private static final Genesis.Validator C = validator(2, "c");
  private static final Hash32 STRANGER = Digests.sha256(Bytes.utf8("stranger"));

  private final ValidatorPeers peers = new ValidatorPeers(sets(List.of(A, B)));

  private static Genesis.Validator validator(int number, String certificate) {
    return new Genesis.Validator(
        DevNet.key("peer", number).publicKey(), Digests.sha256(Bytes.utf8(certificate)));
  }

  private static ValidatorSets sets(List<Genesis.Validator> current) {
    return new ValidatorSets(current, Optional.empty(), Optional.empty());
  }

  @Test
  void plannedOnesAreWelcomeBeforeTheyCertify() {
    assertThat(peers.contains(C.transportKeyHash())).isFalse();
    ValidatorSets planned =
        new ValidatorSets(List.of(A, B), Optional.empty(), Optional.of(List.of(A, C)));
    assertThat(peers.update(planned, 5)).isTrue();
    assertThat(peers.update(planned, 6)).as("nothing new").isFalse();
    assertThat(peers.addressOf(C.transportKeyHash())).contains(C.key().evmAddress());
    assertThat(peers.certifying())
        .containsExactlyInAnyOrder(A.transportKeyHash(), B.transportKeyHash());
    assertThat(peers.isJoining(C.key())).isTrue();
    assertThat(peers.isJoining(A.key())).isFalse();
    assertThat(peers.contains(STRANGER)).isFalse();
  }

  @Test
  void whoLeftIsHeardForAWhile() {
    assertThat(
            peers.update(
                new ValidatorSets(List.of(A, C), Optional.of(List.of(A, B)), Optional.empty()), 10))
        .isTrue();
    assertThat(peers.update(sets(List.of(A, C)), 11)).isFalse();
    long last = 11 + ValidatorPeers.FAREWELL_BLOCKS - 1;
    assertThat(peers.update(sets(List.of(A, C)), last)).isFalse();
    assertThat(peers.contains(B.transportKeyHash())).isTrue();
    assertThat(peers.certifying()).doesNotContain(B.transportKeyHash());
    assertThat(peers.update(sets(List.of(A, C)), last + 1)).isTrue();
    assertThat(peers.contains(B.transportKeyHash())).isFalse();
    assertThat(peers.addressOf(B.transportKeyHash())).isEmpty();
  }

  @Test
  void aValidatorHasTwoCertificatesWhileItChangesThem() {
    Genesis.Validator renewed = validator(1, "b2");
    assertThat(
            peers.update(
                new ValidatorSets(
                    List.of(A, B), Optional.empty(), Optional.of(List.of(A, renewed))),
                5))
        .isTrue();
    assertThat(peers.fingerprintsOf(B.key().evmAddress()))
        .containsExactlyInAnyOrder(B.transportKeyHash(), renewed.transportKeyHash());
    assertThat(peers.isJoining(B.key())).as("it certifies already").isFalse();
    assertThat(peers.isRegistered(B.key(), renewed.transportKeyHash())).contains(true);
    assertThat(peers.isRegistered(B.key(), STRANGER)).contains(false);
    assertThat(peers.isRegistered(C.key(), STRANGER)).isEmpty();
  }
}
