package dev.trestle.relay.node;

import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * What a node logs, under the key {@code event} by a name that does not change, so that an alarm
 * can rest on it. Values are keys and numbers beside the text; none is ever a secret.
 */
enum NodeEvent {
  /** The node is up. */
  NODE_STARTED(Level.INFO),
  /** A fault stopped the node for good. */
  NODE_HALTED(Level.ERROR),
  /** A node that stopped at a full disk starts again. */
  NODE_RESTARTED(Level.WARN),
  /** Too little room: nothing is signed and stored. */
  DISK_LOW(Level.WARN),
  /** There is room again. */
  DISK_RECOVERED(Level.WARN),
  /** A round changed: who has not been heard of. */
  ROUND_CHANGED(Level.INFO),
  /** Something that consensus refused or did, with its code. */
  CONSENSUS_NOTICE(Level.INFO),
  /** A validator contradicted itself. */
  EVIDENCE_FOUND(Level.WARN),
  /** Two blocks of one height are certified: the chain has split, and this node has stopped. */
  CHAIN_FORKED(Level.ERROR),
  /** A peer broke the rules so often that it is not spoken with for a while. */
  PEER_BANNED(Level.WARN),
  /** A height does not end: what it waits for, and for whom. */
  HEIGHT_STALLED(Level.WARN),
  /** A peer sent blocks that do not verify. */
  BLOCKS_REFUSED(Level.WARN),
  /** A snapshot of this node's state was written. */
  SNAPSHOT_MADE(Level.INFO),
  /** The node is far behind and fetches a snapshot. */
  STATE_SYNC(Level.WARN),
  /** A peer offered a snapshot, or sent a part of one, that does not verify. */
  SNAPSHOT_REFUSED(Level.WARN),
  /** The node has taken a snapshot's state and goes on from there. */
  STATE_SYNCED(Level.WARN),
  /** This validator gives up heights that it may have signed. */
  GUARD_ABSTAINS(Level.WARN),
  /** This validator signs nothing until the operator has looked into it. */
  GUARD_STOPPED(Level.ERROR);

  private final Level level;

  NodeEvent(Level level) {
    this.level = level;
  }

  /** The stable name. */
  String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** An event to be given its values and logged. */
  LoggingEventBuilder on(Logger log) {
    return log.atLevel(level).addKeyValue("event", code());
  }
}
