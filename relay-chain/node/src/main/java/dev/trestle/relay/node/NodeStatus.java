package dev.trestle.relay.node;

import dev.trestle.base.Hash32;
import dev.trestle.crypto.EvmAddress;
import java.util.List;
import java.util.Optional;

/**
 * Where a node stands, for operators.
 *
 * @param head height of the newest block, 0 before the first
 * @param round of the height that is being decided; 0 for a follower
 * @param peers connected nodes
 * @param missing validators that are not connected, or whose messages of this round are not here
 * @param waiting transactions in the mempool
 * @param workWaits whether a block could take one of them: those behind a gap in their nonces wait
 *     for their sender, not for a block
 * @param validator address, if this node is one
 * @param silent why this validator does not vote now
 * @param halted why the node has stopped for good
 * @param networkHead the head that the others have, as far as it can be known
 */
public record NodeStatus(
    Hash32 chainId,
    long head,
    Hash32 headId,
    Hash32 stateRoot,
    long round,
    List<PeerView> peers,
    List<EvmAddress> missing,
    int waiting,
    boolean workWaits,
    Optional<EvmAddress> validator,
    Optional<String> silent,
    Optional<String> halted,
    long networkHead) {
  /** One connected node and what it says of itself. */
  public record PeerView(
      Hash32 fingerprint, Optional<EvmAddress> validator, String remote, long head) {}

  public NodeStatus {
    peers = List.copyOf(peers);
    missing = List.copyOf(missing);
  }

  /** Whether it serves a state that is about as new as its peers'. */
  public boolean isReady() {
    return halted.isEmpty() && head + READY_LAG >= networkHead;
  }

  /** Blocks that a ready node may be behind. */
  public static final long READY_LAG = 2;
}
