package dev.trestle.relay.simulation.whole;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.relay.node.Settlement;
import dev.trestle.relay.node.SimulatedNode;
import dev.trestle.relay.node.TransactionRecord;
import dev.trestle.relay.simulation.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Somebody with transactions to send, in the order of their nonces and a few at once. One who waits
 * for blocks sends a transaction again, elsewhere, until he is told that it is final. One who
 * trusts sends it once: a node that has taken it in and goes on running must see to the rest.
 */
final class User {
  /** How many of one user are on their way at once. */
  private static final int WINDOW = 3;

  private static final long PATIENCE_MS = 5_000;

  /** As long after its patience a node that has said nothing is given up. */
  private static final long SILENCE_MS = 3_000;

  private static final int PAUSE_MS = 400;

  private final WholeWorld world;
  private final boolean trusts;
  private final List<Errand> open = new ArrayList<>();
  private long retries;

  /** One transaction. */
  private static final class Errand {
    private final Bytes transaction;
    private final Hash32 id;
    private boolean begun;
    private boolean done;
    private int attempt;

    /** Where it was taken in, and in which life of that node. */
    private Optional<SimulatedNode> keeper = Optional.empty();

    private int keeperLife;

    private Errand(Bytes transaction) {
      this.transaction = transaction;
      this.id = Digests.sha256(transaction);
    }
  }

  /**
   * @param trusts whether it leaves a transaction to the node that took it in
   */
  User(WholeWorld world, boolean trusts, List<Bytes> transactions) {
    this.world = world;
    this.trusts = trusts;
    transactions.forEach(each -> open.add(new Errand(each)));
  }

  /** From time to time. */
  void tick() {
    open.removeIf(errand -> errand.done);
    for (Errand errand : open.subList(0, Math.min(WINDOW, open.size()))) {
      if (!errand.begun) {
        errand.begun = true;
        send(errand);
      } else if (trusts && isForgotten(errand)) {
        errand.keeper = Optional.empty();
        again(errand);
      }
      errand.done |= trusts && world.ledgers().isInChain(errand.id);
    }
  }

  /** Its keeper has failed, and its mempool with it. */
  private static boolean isForgotten(Errand errand) {
    return errand.keeper.filter(node -> node.lives() != errand.keeperLife).isPresent();
  }

  private void send(Errand errand) {
    errand.attempt++;
    int attempt = errand.attempt;
    Optional<SimulatedNode> node = world.anyNode();
    if (node.isEmpty()) {
      again(errand);
    } else if (trusts) {
      SimulatedNode to = node.get();
      int life = to.lives();
      to.offer(errand.transaction, verdict -> taken(errand, to, life, verdict));
      unlessAnswered(errand, attempt, SILENCE_MS);
    } else {
      node.get().submit(errand.transaction, PATIENCE_MS, told -> settled(errand, attempt, told));
      unlessAnswered(errand, attempt, PATIENCE_MS + SILENCE_MS);
    }
  }

  private void unlessAnswered(Errand errand, int attempt, long patienceMs) {
    world.schedule(
        patienceMs,
        () -> {
          if (!errand.done && errand.keeper.isEmpty() && errand.attempt == attempt) {
            again(errand);
          }
        });
  }

  private void again(Errand errand) {
    retries++;
    int attempt = ++errand.attempt;
    world.schedule(
        1L + world.random(PAUSE_MS),
        () -> {
          if (!errand.done && errand.keeper.isEmpty() && errand.attempt == attempt) {
            send(errand);
          }
        });
  }

  private void taken(Errand errand, SimulatedNode node, int life, Verdict<Hash32> verdict) {
    switch (verdict) {
      case Verdict.Accepted<Hash32> _, Verdict.Ignored<Hash32> _ -> {
        errand.keeper = Optional.of(node);
        errand.keeperLife = life;
      }
      case Verdict.Later<Hash32> _ -> again(errand);
      case Verdict.Rejected<Hash32>(var reason, String detail) ->
          refused(errand, reason.code() + ": " + detail);
    }
  }

  private void settled(Errand errand, int attempt, Settlement told) {
    switch (told) {
      case Settlement.Included(TransactionRecord record) -> {
        // the node tells its users before it tells the world
        world.schedule(0, () -> world.ledgers().onIncluded(errand.transaction, record));
        errand.done = true;
      }
      case Settlement.Refused(var reason, String detail, boolean retry) -> {
        if (!retry) {
          refused(errand, reason.code() + ": " + detail);
        } else if (errand.attempt == attempt) {
          again(errand);
        }
      }
      case Settlement.TimedOut _, Settlement.Closed _ -> {
        if (errand.attempt == attempt) {
          again(errand);
        }
      }
    }
  }

  /** Told by an event of its own: here the node is on the stack, and may catch it. */
  private void refused(Errand errand, String why) {
    world.schedule(
        0,
        () -> {
          throw new Violation("L2 a good transaction is refused, " + errand.id + ": " + why);
        });
  }

  boolean isDone() {
    return open.isEmpty();
  }

  /** What is not in the chain, and who has it. */
  Optional<String> waitsFor() {
    return open.stream()
        .filter(errand -> !errand.done)
        .findFirst()
        .map(
            errand ->
                errand.id
                    + errand.keeper.map(node -> ", which " + node + " has taken in").orElse(""));
  }

  long retries() {
    return retries;
  }
}
