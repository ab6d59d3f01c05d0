package dev.trestle.relay.node;

/** Told of every block once, in order of height, on a thread of its own. */
@FunctionalInterface
public interface BlockListener {
  void onBlock(DecidedBlock block);
}
