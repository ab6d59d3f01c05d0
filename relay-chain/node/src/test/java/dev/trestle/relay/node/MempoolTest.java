package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SecretKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MempoolTest {
  private static final PublicKey ALICE = key("alice");
  private static final PublicKey BOB = key("bob");
  private static final PublicKey CAROL = key("carol");

  private final Map<PublicKey, Long> nonces = new HashMap<>();
  private final Mempool pool = new Mempool(sender -> nonces.getOrDefault(sender, 0L));

  private static PublicKey key(String name) {
    return SecretKey.derive(Bytes.utf8(name), "mempool").publicKey();
  }

  private static Admitted entry(PublicKey sender, long nonce, int size) {
    Hash32 id = Digests.sha256(sender.compressed(), Bytes.utf8("" + nonce + "/" + size));
    return new Admitted(id, sender, nonce, Bytes.wrap(new byte[size]));
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
    nonces.put(sender, next);
    return refusal(pool.add(entry(sender, nonce, 10), 0));
  }

  @Test
  void refusesWhatCannotBecomeValid() {
    assertThat(add(ALICE, 3, 3)).isEmpty();
    assertThat(add(ALICE, 3, 3)).contains(NodeReason.DUPLICATE);
    assertThat(refusal(pool.add(entry(ALICE, 3, 11), 0))).contains(NodeReason.NONCE_TAKEN);
    assertThat(add(ALICE, 2, 3)).contains(NodeReason.NONCE_USED);
    assertThat(add(ALICE, 3 + Mempool.MAX_NONCE_GAP, 3)).isEmpty();
    assertThat(add(ALICE, 4 + Mempool.MAX_NONCE_GAP, 3)).contains(NodeReason.NONCE_TOO_HIGH);
    assertThat(add(ALICE, Long.MAX_VALUE, 3)).contains(NodeReason.NONCE_TOO_HIGH);
    assertThat(pool.size()).isEqualTo(2);
  }

  @Test
  void boundsSendersAndTheWhole() {
    for (int i = 0; i < Mempool.MAX_PER_SENDER; i++) {
      assertThat(add(ALICE, i, 0)).isEmpty();
    }
    assertThat(add(ALICE, Mempool.MAX_PER_SENDER, 0)).contains(NodeReason.SENDER_FULL);
    assertThat(add(BOB, 0, 0)).isEmpty();
    Mempool full = new Mempool(sender -> 0);
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
    List<Admitted> chosen = pool.select(100, 1000);
    assertThat(chosen)
        .extracting(Admitted::sender)
        .containsExactly(ALICE, BOB, CAROL, ALICE, ALICE);
    assertThat(chosen).extracting(Admitted::nonce).containsExactly(0L, 0L, 5L, 1L, 2L);
    assertThat(pool.select(2, 1000)).hasSize(2);
    assertThat(pool.select(100, 25)).hasSize(2);
  }

  /** A subject in the first byte of the encoding. */
  private static Admitted about(int subject, PublicKey sender, long nonce, int size) {
    byte[] encoded = new byte[size];
    encoded[0] = (byte) subject;
    Hash32 id = Digests.sha256(sender.compressed(), Bytes.utf8(nonce + "/" + subject));
    return new Admitted(id, sender, nonce, Bytes.wrap(encoded));
  }

  private static Mempool shared(List<Admitted> evicted) {
    return new Mempool(sender -> 0, transaction -> transaction.encoded().slice(0, 1), evicted::add);
  }

  @Test
  void aBacklogOfManySendersOnOneLaneDoesNotStarveAnother() {
    Mempool mixed = shared(new ArrayList<>());
    for (int i = 0; i < 1_000; i++) {
      mixed.add(about(1, key("backlog " + i), 0, 10), 0);
    }
    mixed.add(about(2, ALICE, 0, 10), 0);
    mixed.add(about(2, ALICE, 1, 10), 0);
    mixed.add(about(3, BOB, 0, 10), 0);
    assertThat(mixed.select(6, 1_000))
        .extracting(each -> each.encoded().at(0))
        .containsExactly(1, 2, 3, 1, 2, 1);
    // a sender whose next transaction is about something else waits there
    mixed.add(about(1, ALICE, 2, 10), 0);
    List<Admitted> all = mixed.select(10_000, 1_000_000);
    assertThat(all).hasSize(1_004);
    assertThat(all.stream().filter(each -> each.sender().equals(ALICE)).map(Admitted::nonce))
        .containsExactly(0L, 1L, 2L);
    assertThat(all.indexOf(about(1, ALICE, 2, 10))).isGreaterThan(1_000);
  }

  @Test
  void whatHasTheMostRoomMakesWayForWhatHasLess() {
    List<Admitted> evicted = new ArrayList<>();
    Mempool full = shared(evicted);
    for (int i = 0; i < Mempool.MAX_TRANSACTIONS / 100; i++) {
      PublicKey sender = key("flood " + i);
      for (int nonce = 0; nonce < 100; nonce++) {
        assertThat(full.add(about(1, sender, nonce, 10), 0).isAccepted()).isTrue();
      }
    }
    assertThat(refusal(full.add(about(1, ALICE, 0, 10), 0)))
        .as("more of the same finds no room")
        .contains(NodeReason.MEMPOOL_FULL);
    assertThat(evicted).isEmpty();
    assertThat(full.add(about(2, ALICE, 0, 10), 0).isAccepted()).isTrue();
    assertThat(full.size()).isEqualTo(Mempool.MAX_TRANSACTIONS);
    PublicKey newest = key("flood " + (Mempool.MAX_TRANSACTIONS / 100 - 1));
    assertThat(evicted).containsExactly(about(1, newest, 99, 10));
    assertThat(full.get(evicted.getFirst().id())).isEmpty();
    // up to as much as the other one has, and no further
    int taken = 1;
    PublicKey second = BOB;
    while (full.add(about(2, second, (taken - 1) % 100, 10), 0).isAccepted()) {
      second = taken % 100 == 0 ? key("second " + taken) : second;
      taken++;
    }
    assertThat(taken).isEqualTo(Mempool.MAX_TRANSACTIONS / 2);
    assertThat(evicted).hasSize(taken);
    assertThat(full.size()).isEqualTo(Mempool.MAX_TRANSACTIONS);
    // and what was evicted left no gap
    assertThat(full.select(Mempool.MAX_TRANSACTIONS, Mempool.MAX_BYTES))
        .hasSize(Mempool.MAX_TRANSACTIONS);
  }

  @Test
  void roomIsSharedByBytesAsWell() {
    List<Admitted> evicted = new ArrayList<>();
    Mempool full = shared(evicted);
    int large = (int) (Mempool.MAX_BYTES / 64);
    for (int i = 0; i < 64; i++) {
      assertThat(full.add(about(1, ALICE, i, large), 0).isAccepted()).isTrue();
    }
    assertThat(full.add(about(2, BOB, 0, 10), 0).isAccepted()).isTrue();
    assertThat(evicted).containsExactly(about(1, ALICE, 63, large));
    assertThat(full.bytes()).isEqualTo(63L * large + 10);
    assertThat(full.add(about(2, ALICE, 63, large), 0).isAccepted())
        .as("his own does not make way for himself")
        .isFalse();
  }

  @Test
  void whoWasServedGoesToTheEndOfTheTurn() {
    add(ALICE, 0, 0);
    add(ALICE, 1, 0);
    add(BOB, 0, 0);
    pool.used(ALICE, 1);
    assertThat(pool.size()).isEqualTo(2);
    assertThat(pool.select(1, 1000)).extracting(Admitted::sender).containsExactly(BOB);
  }

  @Test
  void forgetsWhatWaitedTooLong() {
    add(ALICE, 4, 0);
    assertThat(pool.hasReady()).isFalse();
    pool.expire(Mempool.TTL_MS);
    assertThat(pool.size()).isEqualTo(1);
    pool.expire(Mempool.TTL_MS + 1);
    assertThat(pool.size()).isZero();
  }

  @Test
  void blocksMoveNoncesAlsoOfSendersWithNothingHere() {
    assertThat(add(ALICE, 1, 0)).isEmpty();
    assertThat(pool.hasReady()).isFalse();
    pool.used(ALICE, 1);
    assertThat(pool.hasReady()).isTrue();
    pool.used(ALICE, 2);
    assertThat(pool.hasReady()).isFalse();
    assertThat(pool.size()).isZero();
    assertThat(pool.bytes()).isZero();
    // the lane is idle now, and what it knows is newer than what the state said when it was made
    assertThat(refusal(pool.add(entry(ALICE, 1, 10), 0))).contains(NodeReason.NONCE_USED);
    pool.used(ALICE, 3);
    assertThat(refusal(pool.add(entry(ALICE, 2, 10), 0))).contains(NodeReason.NONCE_USED);
    assertThat(refusal(pool.add(entry(ALICE, 3, 10), 0))).isEmpty();
    assertThat(pool.hasReady()).isTrue();
  }

  /** Random calls against a model that is too simple to be wrong. */
  @Test
  void agreesWithASimpleModel() {
    long seed = Long.getLong("trestle.seed", System.nanoTime());
    Random random = new Random(seed);
    List<PublicKey> senders = List.of(ALICE, BOB, CAROL);
    Map<PublicKey, TreeMap<Long, Admitted>> model = new HashMap<>();
    senders.forEach(sender -> model.put(sender, new TreeMap<>()));
    for (int step = 0; step < 20_000; step++) {
      PublicKey sender = senders.get(random.nextInt(3));
      TreeMap<Long, Admitted> lane = model.getOrDefault(sender, new TreeMap<>());
      long next = nonces.getOrDefault(sender, 0L);
      if (random.nextInt(10) < 7) {
        Admitted entry = entry(sender, Math.max(0, next - 2 + random.nextInt(6)), 10);
        boolean fits = entry.nonce() >= next && !lane.containsKey(entry.nonce());
        if (fits) {
          lane.put(entry.nonce(), entry);
        }
        assertThat(pool.add(entry, 0).isAccepted()).as("seed %d", seed).isEqualTo(fits);
      } else if (random.nextInt(10) < 8) {
        long used = next + random.nextInt(3);
        lane.headMap(used).clear();
        nonces.put(sender, used);
        pool.used(sender, used);
      } else {
        lane.values().removeIf(entry -> entry.nonce() % 3 == 0);
        pool.removeIf(entry -> entry.sender().equals(sender) && entry.nonce() % 3 == 0);
      }
      assertThat(pool.size())
          .as("seed %d", seed)
          .isEqualTo(model.values().stream().mapToInt(TreeMap::size).sum());
      int selectable = 0;
      for (PublicKey each : senders) {
        for (long nonce = nonces.getOrDefault(each, 0L);
            model.getOrDefault(each, new TreeMap<>()).containsKey(nonce);
            nonce++) {
          selectable++;
        }
      }
      assertThat(pool.select(1_000, 1_000_000)).as("seed %d", seed).hasSize(selectable);
      assertThat(pool.hasReady()).as("seed %d", seed).isEqualTo(selectable > 0);
    }
  }
}
