package dev.trestle.htlc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.adapter.sim.SimChain.Flavor;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

class TermsCheckTest {
  private static final World WORLD = new World(Flavor.UTXO, Flavor.ACCOUNT);
  private static final SwapTerms GOOD = WORLD.terms();
  private static final SwapLeg ONE = GOOD.legs().get(0);
  private static final SwapLeg TWO = GOOD.legs().get(1);

  private static SwapTerms legs(SwapLeg... legs) {
    return new SwapTerms(GOOD.hash(), List.of(legs), GOOD.parties());
  }

  private static SwapLeg one(Amount amount, Bytes claimer, Bytes refunder, long expiry) {
    return new SwapLeg(ONE.chain(), ONE.asset(), amount, claimer, refunder, expiry);
  }

  private static void assertRefused(SwapTerms terms, SwapRejection reason) {
    assertThat(TermsCheck.check(terms))
        .isInstanceOfSatisfying(
            Verdict.Rejected.class, r -> assertThat(r.reason()).isEqualTo(reason));
  }

  @Test
  void goodTermsPass() {
    assertThat(TermsCheck.check(GOOD).isAccepted()).isTrue();
  }

  @Test
  void eachFaultHasItsReason() {
    Bytes to = ONE.claimer();
    Bytes from = ONE.refunder();
    long end = ONE.expirySeconds();
    assertRefused(legs(ONE), SwapRejection.LEG_COUNT);
    assertRefused(legs(ONE, TWO, TWO), SwapRejection.LEG_COUNT);
    assertRefused(new SwapTerms(Hash32.ZERO, GOOD.legs(), GOOD.parties()), SwapRejection.BAD_HASH);
    assertRefused(
        new SwapTerms(GOOD.hash(), GOOD.legs(), List.of(GOOD.initiatorKey(), GOOD.initiatorKey())),
        SwapRejection.BAD_KEY);
    assertRefused(legs(one(Amount.ZERO, to, from, end), TWO), SwapRejection.ZERO_AMOUNT);
    assertRefused(legs(one(World.FIRST, to, to, end), TWO), SwapRejection.BAD_KEY);
    assertRefused(legs(one(World.FIRST, Bytes.EMPTY, from, end), TWO), SwapRejection.BAD_KEY);
    assertRefused(
        legs(one(World.FIRST, Bytes.wrap(new byte[65]), from, end), TWO), SwapRejection.BAD_KEY);
    assertRefused(
        legs(one(World.FIRST, to, from, 499_999_999), TWO), SwapRejection.EXPIRY_OUT_OF_RANGE);
    assertRefused(
        legs(one(World.FIRST, to, from, 1L << 32), TWO), SwapRejection.EXPIRY_OUT_OF_RANGE);
    assertRefused(
        legs(one(World.FIRST, to, from, TWO.expirySeconds()), TWO), SwapRejection.EXPIRY_ORDER);
    assertRefused(legs(ONE, one(World.FIRST, to, from, end - 1)), SwapRejection.SAME_ASSET);
    assertRefused(
        legs(new SwapLeg(ONE.chain(), TWO.asset(), World.FIRST, to, from, end), TWO),
        SwapRejection.WRONG_ASSET);
  }
}
