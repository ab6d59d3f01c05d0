package dev.trestle.dist.follow;

import dev.trestle.lightclient.HeaderRef;
import java.util.Optional;

/** A chain that a node tells and a light client verifies, some headers at a time. */
interface Follow {
  /**
   * Verifies the next headers that the node has.
   *
   * @return whether the node had any that the client did not know
   * @throws dev.trestle.cli.CliException {@code header-rejected} with the client's code when they
   *     break the chain's rules
   * @throws dev.trestle.adapter.AdapterException when the node does not answer
   */
  boolean step();

  /** The best header that the client itself has verified, or the anchor's. */
  HeaderRef head();

  /** The head's id as the chain's own tools write it. */
  String id();

  /** Headers verified so far, those of branches that were left included. */
  long verified();

  /** Height that the chain's finality rule makes irreversible; empty while none is. */
  Optional<Long> finalized();

  /** Height of the best header that the node has named. */
  long best();
}
