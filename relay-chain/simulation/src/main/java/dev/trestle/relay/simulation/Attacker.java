package dev.trestle.relay.simulation;

import dev.trestle.base.Hash32;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.SignedMessage;
import java.util.Optional;

/** Holds the keys of the faulty validators and hears everything. */
interface Attacker {
  /** The faulty validators never say anything. */
  Attacker SILENT = new Attacker() {};

  /** Whether the packet may pass; consulted for every packet before chance is. */
  default boolean passes(SimNode from, SimNode to, Packet packet) {
    return true;
  }

  /** A message that a node has broadcast, whatever the network does with it. */
  default void observe(SignedMessage message) {}

  /** Every 100 ms. */
  default void tick() {}

  /** A body somebody asks a faulty validator for. */
  default Optional<Block> body(int key, Hash32 blockId) {
    return Optional.empty();
  }
}
