package dev.trestle.relay.simulation;

import dev.trestle.base.Hash32;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.SignedMessage;

/** What travels between simulated nodes. */
sealed interface Packet {
  /** For the audit hash: the same in every run and JVM. */
  int fingerprint();

  record Consensus(SignedMessage message) implements Packet {
    @Override
    public int fingerprint() {
      return message.signature().bytes().hashCode();
    }
  }

  record Certificate(CommitCertificate certificate) implements Packet {
    @Override
    public int fingerprint() {
      return certificate.blockId().hashCode() + 31 * certificate.round();
    }
  }

  record Decided(Block block, CommitCertificate certificate) implements Packet {
    @Override
    public int fingerprint() {
      return block.id().bytes().hashCode();
    }
  }

  record WantBody(long height, Hash32 blockId) implements Packet {
    @Override
    public int fingerprint() {
      return blockId.bytes().hashCode() + 1;
    }
  }

  record Body(Block block) implements Packet {
    @Override
    public int fingerprint() {
      return block.id().bytes().hashCode() + 2;
    }
  }

  /** Wants the blocks after {@code height}. */
  record WantBlocks(long height) implements Packet {
    @Override
    public int fingerprint() {
      return Long.hashCode(height);
    }
  }
}
