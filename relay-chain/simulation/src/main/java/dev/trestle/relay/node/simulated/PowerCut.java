package dev.trestle.relay.node.simulated;

/** The machine has failed; unwinds to whoever runs the node. */
public final class PowerCut extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PowerCut(Failure failure) {
    super(failure.name(), null, false, false);
  }
}
