package dev.trestle.relay.relayer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RefusalsTest {
  private final Refusals<String> refusals = new Refusals<>();

  /** Offers within so many looks of something that is always refused. */
  private int offers(int looks) {
    int offers = 0;
    for (int i = 0; i < looks; i++) {
      if (refusals.isDue("coin")) {
        offers++;
        refusals.refused("coin");
      }
    }
    return offers;
  }

  /** Without it a deposit that came too late made a transaction at every look, for ever. */
  @Test
  void whatIsAlwaysRefusedIsOfferedEverLessOften() {
    assertThat(offers(1_000)).isLessThanOrEqualTo(10);
    int later = offers(100 * Refusals.MAX_LOOKS);
    assertThat(later).as("but it is offered").isBetween(90, 110);
  }

  @Test
  void theFirstRefusalsAreSoonRetried() {
    assertThat(refusals.isDue("coin")).isTrue();
    refusals.refused("coin");
    assertThat(refusals.isDue("coin")).isFalse();
    assertThat(refusals.isDue("coin")).isTrue();
    refusals.taken("coin");
    assertThat(refusals.isDue("coin")).isTrue();
    assertThat(offers(3)).as("the count begins anew").isEqualTo(2);
  }

  @Test
  void whatIsRefusedForGoodIsNeverOfferedAgain() {
    refusals.refusedForGood("coin");
    assertThat(offers(10_000)).isZero();
    assertThat(refusals.isDue("another")).isTrue();
  }

  @Test
  void onlySoManyAreRemembered() {
    for (int i = 0; i <= Refusals.MAX_THINGS; i++) {
      refusals.refusedForGood("thing " + i);
    }
    assertThat(refusals.isDue("thing 0")).isTrue();
    assertThat(refusals.isDue("thing 1")).isFalse();
  }
}
