package dev.trestle.htlc.explore;

import dev.trestle.adapter.ChainProfile.Timing;
import dev.trestle.htlc.Planner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tries everything that can happen to one honest party in a small swap, breadth first: its outage
 * and its death between signing and sending at every look, every order in which miners take
 * transactions and take blocks back, every moment at which the others lock, claim and refund. What
 * the party does is what the real planner says.
 */
final class Explorer {
  private final Setup setup;
  private final Looks looks;
  private final Blocks blocks;
  private final List<Map<Long, Long>> layers = new ArrayList<>();
  private long states;

  /**
   * @param states different moments, over all ticks
   * @param questions how often the planner was asked
   * @param counterexample tick by tick how the party loses; empty if it cannot
   */
  record Result(long states, long questions, Optional<List<String>> counterexample) {
    @Override
    public String toString() {
      return states
          + " states, "
          + questions
          + " plans"
          + counterexample.map(lines -> "\n  " + String.join("\n  ", lines)).orElse(", no loss");
    }
  }

  private Explorer(Setup setup, Planner planner) {
    this.setup = setup;
    this.looks = new Looks(setup, planner);
    this.blocks = new Blocks(setup);
  }

  static Result explore(Setup setup, Planner planner) {
    return new Explorer(setup, planner).run();
  }

  private Result run() {
    layers.add(new HashMap<>(Map.of(new Moment().pack(), -1L)));
    int last = lastTick();
    for (int tick = 0; tick <= last; tick++) {
      Map<Long, Long> next = new HashMap<>();
      for (Long packed : layers.get(tick).keySet()) {
        Moment before = Moment.of(packed);
        for (Moment looked : looks.at(tick, before)) {
          Optional<String> wrong = revealed(before, looked);
          if (wrong.isPresent()) {
            return new Result(
                states, looks.asked(), Optional.of(trace(tick, packed, looked, wrong.get())));
          }
          for (Moment after : blocks.after(tick, looked)) {
            if (next.putIfAbsent(after.pack(), packed) == null) {
              states++;
              Optional<String> loss = loss(after, tick == last);
              if (loss.isPresent()) {
                return new Result(
                    states, looks.asked(), Optional.of(trace(tick, packed, after, loss.get())));
              }
            }
          }
        }
      }
      looks.nextTick();
      layers.add(next);
    }
    return new Result(states, looks.asked(), Optional.empty());
  }

  /** T1, an outage, and what it takes until the last spending can no longer change. */
  private int lastTick() {
    long most = 0;
    for (Timing chain : setup.world()) {
      long spend = Math.max(chain.claim(), chain.refund());
      most = Math.max(most, spend + chain.irreversible() + chain.seen() + 2 * chain.clockSkew());
    }
    return (int) (setup.expiries().getFirst() + setup.outage() + most + 2);
  }

  /** R2, when the initiator sends its claim. */
  private Optional<String> revealed(Moment before, Moment looked) {
    boolean sends = before.claimWait == 0 && looked.claimWait > 0;
    if (!setup.role().isInitiator() || !sends) {
      return Optional.empty();
    }
    int own = setup.role().party();
    int incoming = setup.world().size() - 1;
    boolean all =
        looked.paidLock > setup.world().get(incoming).irreversible()
            && looked.ownLock > setup.world().get(own).irreversible()
            && (setup.world().size() == 2 || looked.others > 0);
    return all ? Optional.empty() : Optional.of("the secret is out before every lock is final");
  }

  private Optional<String> loss(Moment m, boolean last) {
    int own = setup.role().party();
    int incoming = (own + setup.world().size() - 1) % setup.world().size();
    boolean gone =
        m.ownSpender == Moment.ADVERSARY && m.ownSpend > setup.world().get(own).irreversible();
    boolean unpaid =
        m.paidSpender == Moment.ADVERSARY
            && m.paidSpend > setup.world().get(incoming).irreversible();
    if (gone && (unpaid || (last && m.paidSpender != Moment.HONEST))) {
      return Optional.of("its lock is claimed for good and it is not paid");
    }
    if (last && m.ownLock > 0 && m.ownSpender == Moment.NOBODY) {
      return Optional.of("its lock is neither claimed nor back when all should be over");
    }
    return Optional.empty();
  }

  private List<String> trace(int tick, long parent, Moment end, String why) {
    List<Moment> path = new ArrayList<>(List.of(end));
    long at = parent;
    for (int i = tick; i >= 0; i--) {
      path.addFirst(Moment.of(at));
      at = layers.get(i).getOrDefault(at, -1L);
    }
    List<String> lines = new ArrayList<>();
    lines.add("expiries " + setup.expiries() + ", honest " + setup.role());
    for (int i = 1; i < path.size(); i++) {
      String said = path.get(i).since(path.get(i - 1), setup.outage());
      if (!said.isEmpty()) {
        lines.add("tick " + (i - 1) + ": " + said);
      }
    }
    lines.add("tick " + tick + ": " + why);
    return lines;
  }
}
