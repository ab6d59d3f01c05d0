package dev.trestle.relay.relayer;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the ledger refused. A refusal is a transaction in a block, and whoever causes one pays
 * nothing for it: the same thing is offered again after twice as many looks each time. Lost at a
 * restart, which costs one transaction more. Not thread-safe.
 *
 * @param <K> what names a thing that is offered
 */
public final class Refusals<K> {
  /** Looks between two offers at the most: what a pause or a limit held up goes on after these. */
  public static final int MAX_LOOKS = 1_024;

  /** Things remembered; the one that was first refused longest ago is forgotten. */
  public static final int MAX_THINGS = 10_000;

  private static final int FOR_GOOD = -1;

  /**
   * @param looks between the last offer and the next one
   * @param left of these
   */
  private record Wait(int looks, int left) {}

  private final int maxLooks;

  private final Map<K, Wait> waits =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<K, Wait> eldest) {
          return size() > MAX_THINGS;
        }
      };

  /** Waits of at most {@link #MAX_LOOKS}. */
  public Refusals() {
    this(MAX_LOOKS);
  }

  /**
   * @param maxLooks between two offers at the most
   */
  public Refusals(int maxLooks) {
    this.maxLooks = maxLooks;
  }

  /** Whether it may be offered at this look. Counts the look: asked once for each. */
  public boolean isDue(K thing) {
    Wait wait = waits.get(thing);
    if (wait == null) {
      return true;
    }
    if (wait.looks() == FOR_GOOD) {
      return false;
    }
    if (wait.left() == 0) {
      return true;
    }
    waits.put(thing, new Wait(wait.looks(), wait.left() - 1));
    return false;
  }

  /** It was refused; time may change that. */
  public void refused(K thing) {
    Wait before = waits.get(thing);
    int looks = before == null ? 1 : Math.min(2 * before.looks(), maxLooks);
    waits.put(thing, new Wait(looks, looks));
  }

  /** It was refused, and nothing will change that. */
  public void refusedForGood(K thing) {
    waits.put(thing, new Wait(FOR_GOOD, 0));
  }

  /** It was taken. */
  public void taken(K thing) {
    waits.remove(thing);
  }
}
