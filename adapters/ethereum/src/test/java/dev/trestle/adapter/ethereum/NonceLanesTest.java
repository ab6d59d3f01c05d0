package dev.trestle.adapter.ethereum;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.EvmAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class NonceLanesTest {
  private static final EvmAddress ALICE = address(1);
  private static final EvmAddress BOB = address(2);

  private final AtomicLong now = new AtomicLong(1_000);
  private final NonceLanes lanes = new NonceLanes(now::get);

  private static EvmAddress address(int i) {
    byte[] bytes = new byte[20];
    bytes[19] = (byte) i;
    return new EvmAddress(Bytes.wrap(bytes));
  }

  @Test
  void givesEachKeyItsOwnAscendingNumbers() {
    assertThat(lanes.take(ALICE, 7)).isEqualTo(7);
    assertThat(lanes.take(ALICE, 7)).isEqualTo(8);
    assertThat(lanes.take(BOB, 0)).isZero();
    // the chain has seen 7
    assertThat(lanes.take(ALICE, 8)).isEqualTo(9);
  }

  @Test
  void followsAChainThatIsAhead() {
    lanes.take(ALICE, 7);
    assertThat(lanes.take(ALICE, 20)).isEqualTo(20);
  }

  @Test
  void givesANumberAgainThatWasNotUsed() {
    assertThat(lanes.take(ALICE, 7)).isEqualTo(7);
    assertThat(lanes.take(ALICE, 7)).isEqualTo(8);
    now.addAndGet(NonceLanes.HOLD.toMillis() - 1);
    assertThat(lanes.take(ALICE, 7)).isEqualTo(9);
    now.addAndGet(1);
    assertThat(lanes.take(ALICE, 7)).isEqualTo(7);
    assertThat(lanes.take(ALICE, 7)).isEqualTo(8);
    assertThat(lanes.take(ALICE, 7)).isEqualTo(10);
  }

  @Test
  void aReleasedNumberIsFreeAtOnce() {
    long nonce = lanes.take(ALICE, 7);
    lanes.release(ALICE, nonce);
    lanes.release(BOB, 3);
    assertThat(lanes.take(ALICE, 7)).isEqualTo(7);
  }

  @Test
  void noNumberTwiceUnderContention() throws InterruptedException {
    int threads = 8;
    int each = 200;
    List<Long> taken = new ArrayList<>();
    CountDownLatch go = new CountDownLatch(1);
    List<Thread> workers = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      workers.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    await(go);
                    for (int i = 0; i < each; i++) {
                      long nonce = lanes.take(ALICE, 5);
                      synchronized (taken) {
                        taken.add(nonce);
                      }
                    }
                  }));
    }
    go.countDown();
    for (Thread worker : workers) {
      worker.join();
    }
    Set<Long> distinct = new HashSet<>(taken);
    assertThat(distinct).hasSize(threads * each);
    assertThat(distinct).contains(5L, 5L + (long) threads * each - 1);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
