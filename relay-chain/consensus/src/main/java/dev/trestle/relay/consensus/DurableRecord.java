package dev.trestle.relay.consensus;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import java.util.Optional;

/** What the write-ahead log holds, in the order in which it was said. */
public sealed interface DurableRecord {
  /** Version byte of every encoded record. */
  int VERSION = 1;

  long height();

  /** A message this node has signed and may have sent; of a proposal the body stands before it. */
  record OwnMessage(SignedMessage message) implements DurableRecord {
    @Override
    public long height() {
      return message.height();
    }
  }

  /** This node is prepared by this certificate. */
  record Prepared(PreparedCertificate certificate) implements DurableRecord {
    @Override
    public long height() {
      return certificate.height();
    }
  }

  /**
   * This node entered a round.
   *
   * @param roundChange the frozen ROUND_CHANGE; empty if the sign guard refused it
   */
  record Round(long height, int round, Optional<SignedMessage> roundChange)
      implements DurableRecord {
    public Round {
      if (height < 1 || round < 1) {
        throw new IllegalArgumentException("height or round out of range");
      }
      roundChange.ifPresent(
          change -> {
            if (!(change.message() instanceof ConsensusMessage.RoundChange)) {
              throw new IllegalArgumentException("not a round change");
            }
          });
    }
  }

  /** The body of a block that this node is about to propose or PREPARE. */
  record Body(Block block) implements DurableRecord {
    @Override
    public long height() {
      return block.height();
    }
  }

  /** The height is decided and stored: nothing before this matters any more. */
  record EndHeight(long height) implements DurableRecord {}

  default Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION);
    switch (this) {
      case OwnMessage(SignedMessage message) -> message.write(out.u8(1));
      case Prepared(PreparedCertificate certificate) -> certificate.write(out.u8(2));
      case Round(long height, int round, Optional<SignedMessage> change) ->
          out.u8(3).u64(height).u32(round).optional(change, (to, each) -> each.write(to));
      case Body(Block block) -> block.write(out.u8(4));
      case EndHeight(long height) -> out.u8(5).u64(height);
    }
    return out.toBytes();
  }

  /** Rejects as malformed what {@link #encode()} does not write. */
  static Verdict<DurableRecord> decode(Bytes encoded) {
    return Decoding.verdict(encoded, ConsensusLimits.MAX_MESSAGE_BYTES + 2, DurableRecord::read);
  }

  private static DurableRecord read(CanonicalReader in) {
    if (in.u8() != VERSION) {
      throw new DecodeException("unknown record version");
    }
    int type = in.u8();
    return switch (type) {
      case 1 -> new OwnMessage(SignedMessage.read(in));
      case 2 -> new Prepared(PreparedCertificate.read(in));
      case 3 -> new Round(in.u64(), Decoding.round(in), in.optional(SignedMessage::read));
      case 4 -> new Body(Block.read(in));
      case 5 -> new EndHeight(in.u64());
      default -> throw new DecodeException("unknown record type " + type);
    };
  }
}
