package dev.trestle.relay.node;

import dev.trestle.base.Hash32;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.consensus.Diagnostics;
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
 * @param deciding where the height that is being decided stands; empty for a follower
 * @param lowest height of the lowest block that is kept
 * @param stalledMs for how long that height has been at work, if it takes long; 0 otherwise
 * @param banned peers and hosts that this node does not speak with for a while
 * @param guard of the key, if this node has one
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
    long networkHead,
    Optional<Diagnostics> deciding,
    Optional<GuardView> guard,
    DiskView disk,
    long lowest,
    long stalledMs,
    int banned) {
  /** One connected node and what it says of itself. */
  public record PeerView(
      Hash32 fingerprint, Optional<EvmAddress> validator, String remote, long head) {}

  /**
   * What the sign guard remembers.
   *
   * @param sequence grows by one with every record
   * @param abstainThrough heights up to this one are never signed
   * @param last what was signed last
   */
  public record GuardView(long sequence, long abstainThrough, Optional<Signed> last) {
    /**
     * @param step kind of message, in lower case
     */
    public record Signed(long height, int round, String step) {}
  }

  /**
   * Room where the node writes.
   *
   * @param freeBytes of the fullest of its file systems, as of the last look
   * @param minFreeBytes with less the node pauses
   * @param paused nothing is signed and stored until there is room again
   */
  public record DiskView(long freeBytes, long minFreeBytes, boolean paused) {}

  public NodeStatus {
    peers = List.copyOf(peers);
    missing = List.copyOf(missing);
  }

  /** Whether it serves a state that is about as new as its peers' and can take in more. */
  public boolean isReady() {
    return notReady().isEmpty();
  }

  /** Why it is not ready, as one line; empty if it is. */
  public Optional<String> notReady() {
    if (halted.isPresent()) {
      return Optional.of("halted: " + halted.get());
    }
    if (disk.paused()) {
      return Optional.of(NodeReason.DISK_FULL.code() + ": paused until there is room");
    }
    return head + READY_LAG < networkHead
        ? Optional.of("syncing: at height " + head + " of " + networkHead)
        : Optional.empty();
  }

  /** Blocks that a ready node may be behind. */
  public static final long READY_LAG = 2;
}
