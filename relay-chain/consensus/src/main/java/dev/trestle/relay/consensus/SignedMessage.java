package dev.trestle.relay.consensus;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import java.util.Optional;

/**
 * A message as it is sent: with its sender and the signature over its statement. Nothing is
 * verified yet; {@link MessageVerifier} does that.
 */
public record SignedMessage(ConsensusMessage message, EvmAddress sender, EcdsaSignature signature) {
  /** Of every message but a compact proposal. */
  private static final int VERSION = 1;

  /** A proposal with the ids of the transactions; in version 1 it carries the whole block. */
  private static final int COMPACT_VERSION = 2;

  /**
   * A message from the wire.
   *
   * @param body the block of a proposal that came whole
   */
  public record Received(SignedMessage message, Optional<Block> body) {}

  /** The signed part, as it stands in justifications and evidence. */
  public SignedStatement signedStatement() {
    return new SignedStatement(message.statement(), sender, signature);
  }

  public long height() {
    return message.height();
  }

  public int round() {
    return message.round();
  }

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter();
    write(out);
    return out.toBytes();
  }

  /** A proposal in version 1, for peers that know no other. */
  public Bytes encodeWith(Block body) {
    CanonicalWriter out = new CanonicalWriter();
    write(out, Optional.of(body));
    return out.toBytes();
  }

  /** Rejects as malformed what is not canonical or over a limit. Verifies no signature. */
  public static Verdict<SignedMessage> decode(Bytes encoded) {
    return decodeWithBody(encoded).then(received -> Verdict.accept(received.message()));
  }

  /** As {@link #decode}, and keeps the block of a proposal in version 1. */
  public static Verdict<Received> decodeWithBody(Bytes encoded) {
    return Decoding.verdict(encoded, ConsensusLimits.MAX_MESSAGE_BYTES, SignedMessage::receive);
  }

  void write(CanonicalWriter out) {
    write(out, Optional.empty());
  }

  private void write(CanonicalWriter out, Optional<Block> body) {
    boolean compact = message instanceof ConsensusMessage.Proposal && body.isEmpty();
    out.u8(compact ? COMPACT_VERSION : VERSION).u8(message.statement().kind().code());
    out.fixed(sender.bytes()).fixed(signature.bytes());
    switch (message) {
      case ConsensusMessage.Proposal proposal -> {
        out.u32(proposal.round());
        body.ifPresentOrElse(whole -> whole.write(out), () -> proposal.block().write(out));
        out.list(proposal.justification(), (to, each) -> each.write(to));
        out.optional(proposal.prepared(), (to, each) -> each.write(to));
      }
      case ConsensusMessage.Prepare prepare ->
          out.u64(prepare.height()).u32(prepare.round()).hash(prepare.blockId());
      case ConsensusMessage.Commit commit ->
          out.u64(commit.height()).u32(commit.round()).hash(commit.blockId());
      case ConsensusMessage.RoundChange change ->
          out.u64(change.height())
              .u32(change.round())
              .optional(change.prepared(), (to, each) -> each.write(to));
    }
  }

  static SignedMessage read(CanonicalReader in) {
    return receive(in).message();
  }

  private static Received receive(CanonicalReader in) {
    int version = in.u8();
    StatementKind kind = StatementKind.ofCode(in.u8());
    boolean compact = version == COMPACT_VERSION && kind == StatementKind.PROPOSAL;
    if (version != VERSION && !compact) {
      throw new DecodeException("unknown message version");
    }
    EvmAddress sender = new EvmAddress(in.fixed(EvmAddress.SIZE));
    EcdsaSignature signature = new EcdsaSignature(in.fixed(EcdsaSignature.SIZE));
    Optional<Block> body = Optional.empty();
    ConsensusMessage message =
        switch (kind) {
          case PROPOSAL -> {
            int round = Decoding.round(in);
            body = compact ? Optional.empty() : Optional.of(Block.read(in));
            yield new ConsensusMessage.Proposal(
                round,
                body.isPresent() ? CompactBlock.of(body.get()) : CompactBlock.read(in),
                in.list(ConsensusLimits.MAX_VALIDATORS, SignedStatement::read),
                in.optional(PreparedCertificate::read));
          }
          case PREPARE -> new ConsensusMessage.Prepare(in.u64(), Decoding.round(in), in.hash());
          case COMMIT -> new ConsensusMessage.Commit(in.u64(), Decoding.round(in), in.hash());
          case ROUND_CHANGE ->
              new ConsensusMessage.RoundChange(
                  in.u64(), Decoding.round(in), in.optional(PreparedCertificate::read));
        };
    message.statement(); // refuses what cannot be stated, a prepared round that is not earlier
    return new Received(new SignedMessage(message, sender, signature), body);
  }
}
