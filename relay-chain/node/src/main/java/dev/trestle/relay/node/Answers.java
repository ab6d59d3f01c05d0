package dev.trestle.relay.node;

import dev.trestle.base.Hash32;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Answers to what peers ask, each peer's one after the other: the next is made when the one before
 * is on its way. However much a peer asks and does not read, one answer to it is in memory, and
 * nothing is read from the disk for it. Safe from any thread.
 */
final class Answers {
  private final Executor workers;
  private final Map<Hash32, Turn> turns = new HashMap<>();

  /** The last question of a connection. */
  private static final class Turn {
    private CompletableFuture<Boolean> last = CompletableFuture.completedFuture(true);
    private volatile boolean gone;
  }

  /**
   * @param workers make the answers
   */
  Answers(Executor workers) {
    this.workers = workers;
  }

  /**
   * @param answer makes an answer and sends it; completes when it is on its way
   * @return completes after it, or when the peer has left; fails as {@code answer} does
   */
  synchronized CompletableFuture<Boolean> give(
      Hash32 peer, Supplier<CompletionStage<Void>> answer) {
    Turn turn = turns.computeIfAbsent(peer, first -> new Turn());
    CompletableFuture<Boolean> given =
        turn.last.thenComposeAsync(
            before ->
                turn.gone
                    ? CompletableFuture.completedFuture(true)
                    : answer.get().thenApply(sent -> true),
            workers);
    turn.last = given.exceptionally(fault -> false); // whoever asked hears of it; the next goes on
    return given;
  }

  /** The connection is gone: what it has asked and not been answered is forgotten. */
  synchronized void left(Hash32 peer) {
    Turn turn = turns.remove(peer);
    if (turn != null) {
      turn.gone = true;
    }
  }

  /** Peers that have asked anything. */
  synchronized int peers() {
    return turns.size();
  }
}
