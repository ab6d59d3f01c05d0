package dev.trestle.htlc;

import java.util.List;

/**
 * Decides what a {@link SwapDriver} does. There is one that is right, {@link SwapPlanner#plan};
 * others are seeded mistakes, by which simulations show that their checks see something.
 */
@FunctionalInterface
public interface Planner {
  /** As {@link SwapPlanner#plan}. */
  List<SwapAction> plan(SwapRecord record, List<ChainView> views, long nowSeconds);
}
