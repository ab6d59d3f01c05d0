package dev.trestle.relay.node;

import java.util.function.Consumer;

/** The core thread and the workers of one life of a node, on the clock of a simulation. */
final class VirtualCore implements Core {
  private final SimulatedNode.Surroundings world;
  private final Consumer<Runnable> life;
  private long voteMs;

  /**
   * @param life runs a task if this life of the node is not over, and sees to it when the task ends
   *     it
   */
  VirtualCore(SimulatedNode.Surroundings world, Consumer<Runnable> life) {
    this.world = world;
    this.life = life;
  }

  @Override
  public void run(Runnable task) {
    world.schedule(0, () -> life.accept(task));
  }

  @Override
  public void run(Runnable task, Runnable dropped) {
    run(task); // whoever would be told has no connection to a machine that has failed
  }

  @Override
  public Runnable schedule(long delayMs, Runnable task) {
    Cancellable pending = new Cancellable(task);
    world.schedule(delayMs, () -> life.accept(pending));
    return pending::cancel;
  }

  /** One of several: they overtake each other. */
  void work(Runnable task) {
    world.schedule(world.random(4), () -> life.accept(task));
  }

  /** There is one for votes: they stay in their order. */
  void checkVote(Runnable task) {
    voteMs = Math.max(voteMs, world.nowMs() + world.random(3));
    world.schedule(voteMs - world.nowMs(), () -> life.accept(task));
  }

  private static final class Cancellable implements Runnable {
    private final Runnable task;
    private boolean cancelled;

    private Cancellable(Runnable task) {
      this.task = task;
    }

    private void cancel() {
      cancelled = true;
    }

    @Override
    public void run() {
      if (!cancelled) {
        task.run();
      }
    }
  }
}
