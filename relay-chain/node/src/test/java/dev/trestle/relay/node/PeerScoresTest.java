package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Hash32;
import dev.trestle.relay.node.PeerScores.Offence;
import org.junit.jupiter.api.Test;

class PeerScoresTest {
  private static final String HOST = "192.0.2.1";

  private final PeerScores scores = new PeerScores();
  private long now = 1_000_000;

  private static Peer peer(int number, boolean validator) {
    return new Peer(Hash32.fromHex("%064x".formatted(number)), validator, HOST + ":9");
  }

  private boolean offend(Peer peer) {
    return scores.offend(peer, HOST, Offence.MALFORMED, now);
  }

  private boolean isBanned(Peer peer) {
    return scores.isBanned(peer.fingerprint(), HOST, peer.validator(), now);
  }

  @Test
  void onceIsForgivenAndTwiceIsABan() {
    Peer stranger = peer(1, false);
    assertThat(offend(stranger)).isFalse();
    assertThat(isBanned(stranger)).isFalse();
    assertThat(offend(stranger)).isTrue();
    assertThat(isBanned(stranger)).isTrue();
    assertThat(isBanned(peer(2, false))).as("another one of the same host").isFalse();
    now += PeerScores.FIRST_BAN_MS - 1;
    assertThat(isBanned(stranger)).isTrue();
    now++;
    assertThat(isBanned(stranger)).isFalse();
  }

  @Test
  void pointsWearOff() {
    Peer stranger = peer(1, false);
    offend(stranger);
    assertThat(scores.points(stranger.fingerprint(), now)).isEqualTo(50);
    now += 10 * PeerScores.POINT_MS - 1;
    assertThat(scores.points(stranger.fingerprint(), now)).isEqualTo(41);
    now += 1;
    // what has worn off in parts is not lost by looking at it
    assertThat(scores.points(stranger.fingerprint(), now)).isEqualTo(40);
    assertThat(offend(stranger)).isFalse();
    assertThat(offend(stranger)).isTrue();
    now += PeerScores.MAX_BAN_MS;
    for (int i = 0; i < 20; i++) {
      now += 50 * PeerScores.POINT_MS;
      assertThat(offend(stranger)).as("rarely enough").isFalse();
    }
  }

  @Test
  void bansOfAStrangerGrowUpToTheirCapAndAreForgottenInTheEnd() {
    Peer stranger = peer(1, false);
    long last = 0;
    for (int i = 0; i < 9; i++) {
      offend(stranger);
      offend(stranger);
      long from = now;
      while (isBanned(stranger)) {
        now += 1_000;
      }
      assertThat(now - from).isEqualTo(Math.min(PeerScores.MAX_BAN_MS, 60_000L << i));
      assertThat(now - from).isGreaterThanOrEqualTo(last);
      last = now - from;
    }
    now += PeerScores.MEMORY_MS + 1;
    offend(stranger);
    offend(stranger);
    now += PeerScores.FIRST_BAN_MS;
    assertThat(isBanned(stranger)).isFalse();
  }

  @Test
  void newIdentitiesOfOneHostAreBannedTogether() {
    for (int i = 0; i < 7; i++) {
      assertThat(offend(peer(i, false))).as("stranger %d", i).isFalse();
    }
    assertThat(offend(peer(7, false))).isTrue();
    assertThat(isBanned(peer(99, false))).isTrue();
    assertThat(scores.banned(now)).isEqualTo(1);
    // but neither validators behind the same address nor whom this node dials itself
    assertThat(isBanned(peer(98, true))).isFalse();
    assertThat(scores.isBanned(peer(97, false).fingerprint(), HOST, true, now)).isFalse();
    assertThat(scores.isBanned(peer(97, false).fingerprint(), "192.0.2.2", false, now)).isFalse();
  }

  @Test
  void aValidatorIsSoonHeardAgain() {
    Peer validator = peer(1, true);
    for (int i = 0; i < 10; i++) {
      offend(validator);
      offend(validator);
      assertThat(isBanned(validator)).isTrue();
      now += PeerScores.VALIDATOR_BAN_MS;
      assertThat(isBanned(validator)).as("after %d bans", i + 1).isFalse();
    }
    assertThat(isBanned(peer(2, false))).as("its host has done nothing").isFalse();
  }

  @Test
  void recordsAreBounded() {
    for (int i = 0; i < PeerScores.MAX_RECORDS + 10; i++) {
      scores.offend(peer(i, false), "host " + i, Offence.NO_HELLO, now);
    }
    assertThat(scores.points(peer(9, false).fingerprint(), now)).isZero();
    assertThat(scores.points(peer(10, false).fingerprint(), now)).isEqualTo(20);
  }
}
