package dev.trestle.adapter.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** How much a spending pays as its deadline comes near. */
class FeeCurveTest {
  private static final long CAP = 500_000;
  private static final long WEIGHT = 571;

  @Test
  void targets() {
    assertThat(FeeCurve.target(0)).isEqualTo(1);
    assertThat(FeeCurve.target(3)).isEqualTo(1);
    assertThat(FeeCurve.target(8)).isEqualTo(4);
    assertThat(FeeCurve.target(1_000)).isEqualTo(9);
  }

  @Test
  void theLastTenBlocksCostATenthMoreEach() {
    long value = 100_000_000;
    assertThat(FeeCurve.rate(10_000, 50, value, WEIGHT, CAP)).isEqualTo(10_000);
    assertThat(FeeCurve.rate(10_000, 10, value, WEIGHT, CAP)).isEqualTo(10_000);
    assertThat(FeeCurve.rate(10_000, 9, value, WEIGHT, CAP)).isEqualTo(11_000);
    long before = 0;
    for (long left = 12; left >= 0; left--) {
      long rate = FeeCurve.rate(10_000, left, value, WEIGHT, CAP);
      assertThat(rate).isGreaterThanOrEqualTo(before);
      before = rate;
    }
    assertThat(before).as("1.1^10").isBetween(25_937L, 25_950L);
    assertThat(FeeCurve.rate(400_000, 0, value, WEIGHT, CAP)).isEqualTo(CAP);
    assertThat(FeeCurve.rate(900_000, 50, value, WEIGHT, CAP)).isEqualTo(CAP);
  }

  /** A spike that would eat the swap does not, until the race is on; then half of it may go. */
  @Test
  void theShareOfTheValueIsBounded() {
    long value = 100_000;
    long early = FeeCurve.rate(200_000, 50, value, WEIGHT, CAP);
    assertThat(FeePolicy.fee(WEIGHT, early)).isBetween(4_900L, 5_000L);
    long urgent = FeeCurve.rate(400_000, 0, value, WEIGHT, CAP);
    assertThat(FeePolicy.fee(WEIGHT, urgent)).isBetween(49_800L, 50_000L);
    assertThat(FeeCurve.rate(200_000, 50, 10_000, WEIGHT, CAP)).isEqualTo(3_496);
    assertThat(FeeCurve.rate(1_000, 50, 330, WEIGHT, CAP)).isEqualTo(FeePolicy.MIN_RATE);
  }

  @Test
  void theLadderDoublesUpToTheCap() {
    assertThat(TaprootHtlc.ladder(10_000, CAP))
        .isEqualTo(List.of(10_000L, 20_000L, 40_000L, 80_000L, 160_000L));
    assertThat(TaprootHtlc.ladder(200_000, CAP)).isEqualTo(List.of(200_000L, 400_000L));
    assertThat(TaprootHtlc.ladder(CAP, CAP)).isEqualTo(List.of(CAP));
  }
}
