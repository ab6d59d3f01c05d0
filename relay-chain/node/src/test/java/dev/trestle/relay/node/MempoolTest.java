package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SecretKey;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MempoolTest {
  private static final PublicKey ALICE = key("alice");
  private static final PublicKey BOB = key("bob");
  private static final PublicKey CAROL = key("carol");

  private final Mempool pool = new Mempool();

  private static PublicKey key(String name) {
    return SecretKey.derive(Bytes.utf8(name), "mempool").publicKey();
  }

  private static Mempool.Entry entry(PublicKey sender, long nonce, int size) {
    Hash32 id = Digests.sha256(sender.compressed(), Bytes.utf8("" + nonce + "/" + size));
    return new Mempool.Entry(id, sender, nonce, Bytes.wrap(new byte[size]), 0);
  }

  private Optional<ReasonCode> refusal(Verdict<Hash32> verdict) {
    return switch (verdict) {
      case Verdict.Accepted<Hash32> _ -> Optional.empty();
      case Verdict.Ignored<Hash32> ignored -> Optional.of(ignored.reason());
      case Verdict.Rejected<Hash32> rejected -> Optional.of(rejected.reason());
      case Verdict.Later<Hash32> later -> Optional.of(later.reason());
    };
  }

  private Optional<ReasonCode> add(PublicKey sender, long nonce, long next) {
    return refusal(pool.add(entry(sender, nonce, 10), next));
  }

  @Test
  void refusesWhatCannotBecomeValid() {
    assertThat(add(ALICE, 3, 3)).isEmpty();
    assertThat(add(ALICE, 3, 3)).contains(NodeReason.DUPLICATE);
    assertThat(refusal(pool.add(entry(ALICE, 3, 11), 3))).contains(NodeReason.NONCE_TAKEN);
    assertThat(add(ALICE, 2, 3)).contains(NodeReason.NONCE_USED);
    assertThat(add(ALICE, 3 + Mempool.MAX_NONCE_GAP, 3)).isEmpty();
    assertThat(add(ALICE, 4 + Mempool.MAX_NONCE_GAP, 3)).contains(NodeReason.NONCE_TOO_HIGH);
    assertThat(add(ALICE, Long.MAX_VALUE, 0)).contains(NodeReason.NONCE_TOO_HIGH);
    assertThat(pool.size()).isEqualTo(2);
  }

  @Test
  void boundsSendersAndTheWhole() {
    for (int i = 0; i < Mempool.MAX_PER_SENDER; i++) {
      assertThat(add(ALICE, i, 0)).isEmpty();
    }
    assertThat(add(ALICE, Mempool.MAX_PER_SENDER, 0)).contains(NodeReason.SENDER_FULL);
    assertThat(add(BOB, 0, 0)).isEmpty();
    Mempool full = new Mempool();
    int large = (int) (Mempool.MAX_BYTES / 64);
    for (int i = 0; i < 64; i++) {
      assertThat(full.add(entry(ALICE, i, large), 0).isAccepted()).isTrue();
    }
    assertThat(refusal(full.add(entry(BOB, 0, 1), 0))).contains(NodeReason.MEMPOOL_FULL);
    // removing gives the room back
    full.removeIf(entry -> entry.nonce() == 63);
    assertThat(full.add(entry(BOB, 0, 1), 0).isAccepted()).isTrue();
  }

  @Test
  void whatWaitsBehindGapsLeavesRoomForWhatIsReady() {
    for (int i = 0; pool.size() < Mempool.MAX_WAITING; i++) {
      PublicKey flood = key("flood " + i);
      for (long nonce = 1; nonce <= 100 && pool.size() < Mempool.MAX_WAITING; nonce++) {
        assertThat(add(flood, nonce, 0)).isEmpty();
      }
    }
    assertThat(add(ALICE, 1, 0)).contains(NodeReason.MEMPOOL_FULL);
    assertThat(add(ALICE, 0, 0)).isEmpty();
    assertThat(add(ALICE, 1, 0)).isEmpty();
    assertThat(add(BOB, 7, 7)).isEmpty();
  }

  @Test
  void servesSendersInTurnAndWithoutGaps() {
    add(ALICE, 0, 0);
    add(ALICE, 1, 0);
    add(ALICE, 2, 0);
    add(BOB, 0, 0);
    add(BOB, 2, 0);
    add(CAROL, 5, 5);
    List<Mempool.Entry> chosen = pool.select(100, 1000, sender -> sender.equals(CAROL) ? 5 : 0);
    assertThat(chosen)
        .extracting(Mempool.Entry::sender)
        .containsExactly(ALICE, BOB, CAROL, ALICE, ALICE);
    assertThat(chosen).extracting(Mempool.Entry::nonce).containsExactly(0L, 0L, 5L, 1L, 2L);
    assertThat(pool.select(2, 1000, sender -> 0)).hasSize(2);
    assertThat(pool.select(100, 25, sender -> 0)).hasSize(2);
  }

  @Test
  void whoWasServedGoesToTheEndOfTheTurn() {
    add(ALICE, 0, 0);
    add(ALICE, 1, 0);
    add(BOB, 0, 0);
    pool.decided(Set.of(ALICE), sender -> sender.equals(ALICE) ? 1 : 0, 1);
    assertThat(pool.size()).isEqualTo(2);
    assertThat(pool.select(1, 1000, sender -> sender.equals(ALICE) ? 1 : 0))
        .extracting(Mempool.Entry::sender)
        .containsExactly(BOB);
  }

  @Test
  void forgetsWhatWaitedTooLong() {
    add(ALICE, 4, 0);
    assertThat(pool.hasReady(sender -> 0)).isFalse();
    pool.decided(Set.of(), sender -> 0, Mempool.TTL_MS);
    assertThat(pool.size()).isEqualTo(1);
    pool.decided(Set.of(), sender -> 0, Mempool.TTL_MS + 1);
    assertThat(pool.size()).isZero();
  }
}
