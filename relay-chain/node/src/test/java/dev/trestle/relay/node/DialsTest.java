package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import java.util.List;
import org.junit.jupiter.api.Test;

class DialsTest {
  private static final PeerAddress HERE = new PeerAddress("127.0.0.1", 1);
  private static final Hash32 NODE = Digests.sha256(Bytes.utf8("node"));
  private static final Hash32 OTHER = Digests.sha256(Bytes.utf8("other"));

  private final Dials dials = new Dials();

  private List<PeerAddress> due(long nowMs) {
    return dials.due(nowMs, OTHER::equals);
  }

  @Test
  void backoffDoublesUpToItsCapAndASeedIsNeverGivenUp() {
    dials.seed(HERE);
    long now = 0;
    long expected = Dials.FIRST_BACKOFF_MS;
    for (int i = 0; i < 40; i++) {
      assertThat(due(now)).containsExactly(HERE);
      assertThat(due(now)).as("busy").isEmpty();
      dials.ended(HERE, false, now);
      assertThat(due(now + expected - 1)).isEmpty();
      now += expected;
      expected = Math.min(2 * expected, Dials.MAX_BACKOFF_MS);
    }
    assertThat(due(now)).containsExactly(HERE);
    dials.ended(HERE, true, now);
    assertThat(due(now + Dials.FIRST_BACKOFF_MS)).containsExactly(HERE);
  }

  @Test
  void aWrongHintIsForgotten() {
    dials.learn(HERE, NODE);
    assertThat(due(0)).containsExactly(HERE);
    assertThat(dials.answered(HERE, OTHER)).isFalse();
    assertThat(due(1_000_000)).isEmpty();
    dials.learn(HERE, NODE);
    long now = 0;
    for (int i = 0; i < Dials.MAX_FAILURES; i++) {
      now += Dials.MAX_BACKOFF_MS;
      assertThat(due(now)).containsExactly(HERE);
      dials.ended(HERE, false, now);
    }
    assertThat(due(now + 1_000_000)).isEmpty();
  }

  @Test
  void hintsAreBounded() {
    for (int port = 1; port <= 100; port++) {
      dials.learn(new PeerAddress("10.0.0.1", port), NODE);
    }
    assertThat(due(0)).hasSize(Dials.MAX_ADDRESSES_A_NODE);
  }

  @Test
  void aConnectedNodeIsNotDialled() {
    dials.seed(HERE);
    assertThat(due(0)).containsExactly(HERE);
    assertThat(dials.answered(HERE, OTHER)).isTrue();
    dials.ended(HERE, true, 0);
    assertThat(due(1_000_000)).isEmpty();
  }
}
