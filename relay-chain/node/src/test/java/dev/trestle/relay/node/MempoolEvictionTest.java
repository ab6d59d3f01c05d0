package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SecretKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who makes way for whom in a full pool, down to the last byte. */
class MempoolEvictionTest {
  private static final int MEBIBYTE = 1 << 20;
  private static final PublicKey ALICE = key("alice");
  private static final PublicKey BOB = key("bob");
  private static final PublicKey CAROL = key("carol");

  private final List<Admitted> evicted = new ArrayList<>();
  private final Mempool pool =
      new Mempool(sender -> 0, transaction -> transaction.encoded().slice(0, 1), evicted::add);

  private static PublicKey key(String name) {
    return SecretKey.derive(Bytes.utf8(name), "mempool").publicKey();
  }

  /** A subject in the first byte of the encoding. */
  private static Admitted about(int subject, PublicKey sender, long nonce, int size) {
    byte[] encoded = new byte[size];
    encoded[0] = (byte) subject;
    Hash32 id = Digests.sha256(sender.compressed(), Bytes.utf8(nonce + "/" + subject));
    return new Admitted(id, sender, nonce, Bytes.wrap(encoded));
  }

  private boolean add(int subject, PublicKey sender, long nonce, int size) {
    return pool.add(about(subject, sender, nonce, size), 0).isAccepted();
  }

  private void fill(int subject, PublicKey sender, int count, int size) {
    for (int nonce = 0; nonce < count; nonce++) {
      assertThat(add(subject, sender, nonce, size)).isTrue();
    }
  }

  /** As many as there are places, of senders with a hundred each. */
  private void fillPlaces(int subject, int count) {
    for (int i = 0; i < count; i++) {
      assertThat(add(subject, key(subject + " sender " + i / 100), i % 100, 10)).isTrue();
    }
  }

  private List<Integer> subjectsOfEvicted() {
    return evicted.stream().map(each -> each.encoded().at(0)).toList();
  }

  @Test
  void fewLargeOnesAreMoreThanManySmallOnes() {
    fill(1, ALICE, 63, MEBIBYTE);
    fillPlaces(2, 200);
    assertThat(add(3, CAROL, 0, MEBIBYTE)).isTrue();
    assertThat(subjectsOfEvicted()).as("of 63 MiB, not of 200 places").containsExactly(1);
  }

  @Test
  void aLargeOneTakesTheRoomOfManySmallOnes() {
    int small = 16 << 10;
    for (int sender = 0; sender < 64; sender++) {
      fill(1, key("small " + sender), 64, small);
    }
    assertThat(pool.bytes()).isEqualTo(Mempool.MAX_BYTES);
    assertThat(add(2, BOB, 0, MEBIBYTE)).isTrue();
    assertThat(evicted).hasSize(MEBIBYTE / small);
    assertThat(pool.bytes()).isEqualTo(Mempool.MAX_BYTES);
  }

  /** Otherwise two subjects would take each other's room for ever. */
  @Test
  void nobodyTakesARoomThatMakesHimTheLargest() {
    fillPlaces(3, 1);
    fillPlaces(1, Mempool.MAX_TRANSACTIONS / 2);
    fillPlaces(2, Mempool.MAX_TRANSACTIONS / 2 - 1);
    assertThat(pool.size()).isEqualTo(Mempool.MAX_TRANSACTIONS);
    assertThat(add(2, BOB, 0, 10)).as("4,999 places and one, of 5,000").isFalse();
    assertThat(evicted).isEmpty();
    assertThat(add(4, BOB, 0, 10)).isTrue();
    assertThat(subjectsOfEvicted()).containsExactly(1);
  }

  @Test
  void norOneByBytes() {
    fill(1, ALICE, 32, MEBIBYTE);
    fill(2, BOB, 31, MEBIBYTE);
    fill(3, CAROL, 1, MEBIBYTE);
    assertThat(add(2, BOB, 31, MEBIBYTE)).as("31 MiB and one, of 32").isFalse();
    assertThat(add(2, BOB, 31, MEBIBYTE / 2)).as("31 MiB and a half").isTrue();
    assertThat(subjectsOfEvicted()).containsExactly(1);
  }

  /** What has gone does not count any more. */
  @Test
  void roomThatWasGivenBackIsNotHeldAgainstAnybody() {
    fill(1, ALICE, 40, MEBIBYTE);
    pool.removeIf(entry -> entry.nonce() > 0);
    fill(2, BOB, 33, MEBIBYTE);
    fill(4, CAROL, 30, MEBIBYTE);
    assertThat(pool.bytes()).isEqualTo(Mempool.MAX_BYTES);
    assertThat(evicted).isEmpty();
    assertThat(add(3, key("dave"), 0, MEBIBYTE)).isTrue();
    assertThat(subjectsOfEvicted()).as("of 33 MiB, not of 1 that was 40").containsExactly(2);
  }

  @Test
  void whoseOnlyTransactionMadeWayIsNotReadyAnyMore() {
    fill(1, ALICE, 63, MEBIBYTE);
    assertThat(add(1, BOB, 0, MEBIBYTE)).isTrue();
    assertThat(add(2, CAROL, 0, 10)).isTrue();
    assertThat(evicted).containsExactly(about(1, BOB, 0, MEBIBYTE));
    pool.removeIf(entry -> !entry.sender().equals(BOB));
    assertThat(pool.size()).isZero();
    assertThat(pool.hasReady()).isFalse();
    assertThat(add(1, BOB, 0, MEBIBYTE)).as("it may be sent again").isTrue();
    assertThat(pool.hasReady()).isTrue();
  }

  @Test
  void whatWaitsBehindAGapFindsNoRoomInAPoolThatIsHalfFullOfBytes() {
    fill(1, ALICE, 32, MEBIBYTE);
    assertThat(pool.bytes()).isEqualTo(Mempool.MAX_WAITING_BYTES);
    assertThat(pool.add(about(2, BOB, 1, 10), 0))
        .isInstanceOfSatisfying(
            Verdict.Later.class,
            later -> assertThat(later.reason()).isEqualTo(NodeReason.MEMPOOL_FULL));
    assertThat(add(2, BOB, 0, 10)).isTrue();
    assertThat(add(2, BOB, 1, 10)).isTrue();
  }

  @Test
  void sendersWithNothingHereAreForgottenInTheEnd() {
    AtomicInteger asked = new AtomicInteger();
    PublicKey first = key("first");
    Mempool used =
        new Mempool(
            sender -> {
              asked.addAndGet(sender.equals(first) ? 1 : 0);
              return 7;
            });
    assertUsedUp(used, first);
    assertUsedUp(used, first);
    assertThat(asked).hasValue(1);
    for (int i = 0; i < Mempool.MAX_IDLE_LANES; i++) {
      assertUsedUp(used, key("idle " + i));
    }
    assertUsedUp(used, first);
    assertThat(asked).hasValue(2);
  }

  private static void assertUsedUp(Mempool used, PublicKey sender) {
    assertThat(used.add(about(1, sender, 0, 10), 0).isAccepted()).isFalse();
  }
}
