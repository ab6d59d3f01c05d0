package dev.trestle.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class RateLimitTest {
  private final AtomicLong now = new AtomicLong(1_000);
  private final RateLimit limit = new RateLimit(now::get, 10, 3);

  @Test
  void aBurstIsGrantedAndThenTheRate() {
    for (int i = 0; i < 3; i++) {
      assertThat(limit.take("a")).isTrue();
    }
    assertThat(limit.take("a")).isFalse();
    assertThat(limit.take("b")).as("others are not held up").isTrue();
    now.addAndGet(100);
    assertThat(limit.take("a")).isTrue();
    assertThat(limit.take("a")).isFalse();
    now.addAndGet(-50);
    assertThat(limit.take("a")).as("a clock that goes back grants nothing").isFalse();
  }

  @Test
  void anHoursWorthAtOnceAndThenOneAfterTheOther() {
    RateLimit hourly = RateLimit.hourly(now::get, 60);
    for (int i = 0; i < 60; i++) {
      assertThat(hourly.take("a")).isTrue();
    }
    assertThat(hourly.take("a")).isFalse();
    now.addAndGet(59_999);
    assertThat(hourly.take("a")).isFalse();
    now.addAndGet(2);
    assertThat(hourly.take("a")).isTrue();
    assertThat(hourly.take("a")).isFalse();
  }

  @Test
  void anIpv6ClientIsItsNetwork() {
    assertThat(RateLimit.client("2001:db8:1:2::1"))
        .isEqualTo(RateLimit.client("2001:db8:1:2:f::9"));
    assertThat(RateLimit.client("2001:db8:1:3::1"))
        .isNotEqualTo(RateLimit.client("2001:db8:1:2::1"));
    assertThat(RateLimit.client("127.0.0.1")).isEqualTo("127.0.0.1");
  }
}
