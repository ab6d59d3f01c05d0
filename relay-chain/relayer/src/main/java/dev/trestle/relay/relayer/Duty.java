package dev.trestle.relay.relayer;

import dev.trestle.relay.ledger.LedgerPages;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * One kind of work, looked at again and again. A run compares the two ends and does what is
 * missing; it keeps nothing that it could not find again, so that it may be stopped at any
 * instruction.
 */
interface Duty {
  String name();

  /**
   * Does {@code work} on every item. One on which it fails (a node refuses it for good) does not
   * keep the others from their turn; the first failure is thrown after the last item.
   */
  static <T> void each(Iterable<T> items, Consumer<T> work) {
    Optional<RuntimeException> first = Optional.empty();
    for (T item : items) {
      try {
        work.accept(item);
      } catch (RuntimeException failed) {
        if (Thread.currentThread().isInterrupted()) {
          throw failed;
        }
        first = first.or(() -> Optional.of(failed));
      }
    }
    first.ifPresent(
        failed -> {
          throw failed;
        });
  }

  /** As {@link LedgerPages#all}. */
  static <T> List<T> all(BiFunction<Optional<T>, Integer, List<T>> page) {
    return LedgerPages.all(page);
  }

  /** Blocks; for virtual threads. Throws what the adapters throw: the next run tries again. */
  void run();
}
