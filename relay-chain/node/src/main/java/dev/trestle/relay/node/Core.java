package dev.trestle.relay.node;

/**
 * Where consensus, ledger, mempool and sync run: one task at a time, in the order in which they
 * became due. {@link CoreThread} in a process; a simulation has another one on its own clock.
 */
interface Core {
  /** Runs later; dropped after a fault or the end. */
  void run(Runnable task);

  /** As {@link #run(Runnable)}; {@code dropped} runs instead, on any thread, if it is too late. */
  void run(Runnable task, Runnable dropped);

  /** Runs {@code task} after a delay, unless what is given back is run before. */
  Runnable schedule(long delayMs, Runnable task);

  /** Runs {@code task} again and again, until the end. */
  default void every(long intervalMs, Runnable task) {
    Runnable _ =
        schedule(
            intervalMs,
            () -> {
              task.run();
              every(intervalMs, task);
            });
  }
}
