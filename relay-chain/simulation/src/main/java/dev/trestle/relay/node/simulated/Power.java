package dev.trestle.relay.node.simulated;

import java.util.Optional;
import java.util.function.Supplier;

/** Whether a machine runs. Asked before everything that leaves a trace outside of its memory. */
public final class Power {
  private final Supplier<Optional<Failure>> fails;
  private Optional<Failure> failed = Optional.empty();

  /**
   * @param fails asked at each step whether the machine fails instead
   */
  public Power(Supplier<Optional<Failure>> fails) {
    this.fails = fails;
  }

  /**
   * @throws PowerCut if the machine fails now or has failed before
   */
  public void check() {
    if (failed.isEmpty()) {
      failed = fails.get();
    }
    if (failed.isPresent()) {
      throw new PowerCut(failed.get());
    }
  }

  /** How it failed; whoever caught the {@link PowerCut} on its way could not hide that. */
  public Optional<Failure> failed() {
    return failed;
  }

  /** It is started again. */
  public void restore() {
    failed = Optional.empty();
  }
}
