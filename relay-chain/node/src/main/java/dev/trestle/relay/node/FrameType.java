package dev.trestle.relay.node;

import dev.trestle.relay.consensus.ConsensusLimits;
import java.util.Optional;

/**
 * What a frame between peers carries, who may send it and how large it may be. The code is part of
 * the wire format.
 */
enum FrameType {
  /** First frame on a connection: {@link Hello}. */
  HELLO(0x01, 1 << 10, false),
  /** {@link PeerStatus}, once a second and on change. */
  STATUS(0x02, 1 << 10, false),
  /** {@link PeerList}: where validators listen. */
  PEERS(0x03, 32 << 10, true),
  /** A signed consensus message. */
  CONSENSUS(0x10, 6 << 20, true),
  /** A commit certificate; it proves itself. */
  CERTIFICATE(0x11, 32 << 10, true),
  /** Asks for the body of a block that has been proposed: its id. */
  GET_BODY(0x12, 64, true),
  /** A block without certificate, asked for by id. */
  BODY(0x13, 6 << 20, true),
  /** {@link BlockTransactions.Request}: for what of a proposed block is missing. */
  GET_TRANSACTIONS(0x15, 96 << 10, true),
  /** {@link BlockTransactions}: the answer. */
  BLOCK_TRANSACTIONS(0x16, 6 << 20, true),
  /** Two statements by which a validator contradicted itself. */
  EVIDENCE(0x14, 1 << 10, true),
  /** A signed transaction. */
  TRANSACTION(0x20, 1 << 20, false),
  /** {@link TransactionBatch}: signed transactions; from protocol 2 on. */
  TRANSACTIONS(0x21, (1 << 20) + 1024, false),
  /** {@link SyncRequest}: decided blocks from a height on. */
  GET_BLOCKS(0x30, 64, false),
  /** {@link SyncResponse}: decided blocks, each with its certificate. */
  BLOCKS(0x31, 8 << 20, false),
  /** {@link SnapshotMessages.Ask}: for a newer snapshot; from protocol 4 on, as the next three. */
  GET_SNAPSHOT(0x32, 64, false),
  /** {@link SnapshotMessages.Offer}. */
  SNAPSHOT(0x33, SnapshotManifest.MAX_BYTES + 64, false),
  /** {@link SnapshotMessages.AskChunk}: for a part of a snapshot. */
  GET_CHUNK(0x34, 64, false),
  /** {@link SnapshotMessages.Chunk}. */
  CHUNK(0x35, SnapshotChunk.MAX_BYTES + 64, false);

  private final int code;
  private final int maxBytes;
  private final boolean validatorsOnly;

  FrameType(int code, int maxBytes, boolean validatorsOnly) {
    this.code = code;
    this.maxBytes = maxBytes;
    this.validatorsOnly = validatorsOnly;
  }

  int code() {
    return code;
  }

  /** Largest payload in bytes. */
  int maxBytes() {
    return maxBytes;
  }

  /**
   * What handling one costs at least, in bytes of the sender's allowance: a short question may have
   * a long answer.
   */
  int costBytes() {
    return switch (this) {
      case GET_BLOCKS, GET_SNAPSHOT -> 128 << 10;
      case GET_CHUNK -> SnapshotChunk.SOFT_BYTES;
      case GET_BODY, GET_TRANSACTIONS -> ConsensusLimits.MAX_BLOCK_BYTES;
      default -> 0;
    };
  }

  /** Whether it is refused from a peer whose certificate is not bound to a validator. */
  boolean validatorsOnly() {
    return validatorsOnly;
  }

  static Optional<FrameType> of(int code) {
    for (FrameType type : values()) {
      if (type.code == code) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
