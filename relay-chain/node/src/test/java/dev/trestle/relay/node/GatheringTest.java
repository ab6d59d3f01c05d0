package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GatheringTest {
  private static final long START = 1_000_000;
  private final Gathering gathering = new Gathering();

  @BeforeEach
  void aBlockBefore() {
    gathering.decided(0, 0, START);
  }

  @Test
  void afterAFullBlockItWaitsUntilMostOfThoseUnderWayAreBack() {
    gathering.decided(100, 60, START + 20);
    assertThat(gathering.waitMs(139, START + 20)).isEqualTo(10);
    assertThat(gathering.waitMs(140, START + 20)).isZero();
  }

  @Test
  void itWaitsForHalfAsLongAsTheBlockTook() {
    gathering.decided(100, 0, START + 20);
    assertThat(gathering.waitMs(0, START + 20)).isEqualTo(10);
    assertThat(gathering.waitMs(0, START + 29)).isEqualTo(1);
    assertThat(gathering.waitMs(0, START + 30)).isZero();
    assertThat(gathering.waitMs(0, START + 10_000)).isZero();
  }

  @Test
  void butNeverLongerThanTheLimit() {
    gathering.decided(100, 0, START + 60_000);
    assertThat(gathering.waitMs(0, START + 60_000)).isEqualTo(Gathering.MAX_MS);
  }

  @Test
  void afterABlockOfFewItWaitsForNothing() {
    gathering.decided(Gathering.FULL_BLOCK - 1, 1_000, START + 20);
    assertThat(gathering.waitMs(1, START + 20)).isZero();
    gathering.decided(Gathering.FULL_BLOCK, 0, START + 40);
    assertThat(gathering.waitMs(1, START + 40)).isPositive();
  }

  @Test
  void aClockThatWentBackMakesItWaitForNothing() {
    gathering.decided(100, 0, START - 5_000);
    assertThat(gathering.waitMs(0, START - 5_000)).isZero();
  }

  @Test
  void norDoesAClockThatGoesBackWhileItWaits() {
    gathering.decided(100, 0, START + 20);
    assertThat(gathering.waitMs(0, START - 5_000)).isZero();
  }
}
