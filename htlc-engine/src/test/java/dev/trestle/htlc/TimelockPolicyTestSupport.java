package dev.trestle.htlc;

import java.util.List;

/** Expiries for simulated swaps. */
final class TimelockPolicyTestSupport {
  /** Less than any transaction may take. */
  private static final long TIGHT_GAP = 120;

  private TimelockPolicyTestSupport() {}

  static List<Long> expiries(World world, boolean tight) {
    List<Long> safe = World.POLICY.propose(world.time.nowSeconds(), world.profiles());
    return tight ? List.of(safe.get(1) + TIGHT_GAP, safe.get(1)) : safe;
  }
}
