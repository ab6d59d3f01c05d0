package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenBucketTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void allowsTheBurstThenTheRate() {
    TokenBucket bucket = new TokenBucket(10, 20, 0);
    for (int i = 0; i < 20; i++) {
      assertThat(bucket.take(1, 0)).isTrue();
    }
    assertThat(bucket.take(1, 0)).isFalse();
    assertThat(bucket.millisUntil(1, 0)).isEqualTo(100);
    assertThat(bucket.take(1, SECOND / 10)).isTrue();
    assertThat(bucket.take(1, SECOND / 10)).isFalse();
  }

  @Test
  void neverHoldsMoreThanTheBurst() {
    TokenBucket bucket = new TokenBucket(64 << 20, 128 << 20, 0);
    long later = 1_000_000 * SECOND;
    assertThat(bucket.take(128 << 20, later)).isTrue();
    assertThat(bucket.take(1, later)).isFalse();
    assertThat(bucket.take(1, later - SECOND)).isFalse();
  }

  @Test
  void aFrameLargerThanTheBurstCostsTheBurst() {
    TokenBucket bucket = new TokenBucket(5, 10, 0);
    assertThat(bucket.take(1_000, 0)).isTrue();
    assertThat(bucket.take(1_000, SECOND)).isFalse();
    assertThat(bucket.take(1_000, 2 * SECOND)).isTrue();
  }
}
