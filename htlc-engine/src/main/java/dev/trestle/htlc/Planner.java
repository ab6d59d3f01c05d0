package dev.trestle.htlc;

import java.util.List;

/** Decides; {@link SwapPlanner#plan} and, in tests of the checkers, seeded mistakes. */
@FunctionalInterface
interface Planner {
  List<SwapAction> plan(SwapRecord record, List<ChainView> views, long nowSeconds);
}
