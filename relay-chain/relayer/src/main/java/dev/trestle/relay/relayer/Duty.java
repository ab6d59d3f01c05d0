package dev.trestle.relay.relayer;

/**
 * One kind of work, looked at again and again. A run compares the two ends and does what is
 * missing; it keeps nothing that it could not find again, so that it may be stopped at any
 * instruction.
 */
interface Duty {
  String name();

  /** Blocks; for virtual threads. Throws what the adapters throw: the next run tries again. */
  void run();
}
