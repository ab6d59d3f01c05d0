package dev.trestle.gateway.routes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class StreamLimitTest {
  @Test
  void countsByClientAndInAll() {
    StreamLimit limit = new StreamLimit(3, 2);
    assertThat(limit.open("a")).isTrue();
    assertThat(limit.open("a")).isTrue();
    assertThat(limit.open("a")).isFalse();
    assertThat(limit.open("b")).isTrue();
    assertThat(limit.open("c")).isFalse();
    limit.close("a");
    assertThat(limit.open("c")).isTrue();
    assertThat(limit.open("a")).as("all places are taken").isFalse();
  }
}
