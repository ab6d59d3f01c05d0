package dev.trestle.relay.consensus;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;

/**
 * A message as it is sent: with its sender and the signature over its statement. Nothing is
 * verified yet; {@link MessageVerifier} does that.
 */
public record SignedMessage(ConsensusMessage message, EvmAddress sender, EcdsaSignature signature) {
  private static final int VERSION = 1;

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

  /** Rejects as malformed what is not canonical or over a limit. Verifies no signature. */
  public static Verdict<SignedMessage> decode(Bytes encoded) {
    return Decoding.verdict(encoded, ConsensusLimits.MAX_MESSAGE_BYTES, SignedMessage::read);
  }

  void write(CanonicalWriter out) {
    out.u8(VERSION).u8(message.statement().kind().code());
    out.fixed(sender.bytes()).fixed(signature.bytes());
    switch (message) {
      case ConsensusMessage.Proposal proposal -> {
        out.u32(proposal.round());
        proposal.block().write(out);
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
    if (in.u8() != VERSION) {
      throw new DecodeException("unknown message version");
    }
    StatementKind kind = StatementKind.ofCode(in.u8());
    EvmAddress sender = new EvmAddress(in.fixed(EvmAddress.SIZE));
    EcdsaSignature signature = new EcdsaSignature(in.fixed(EcdsaSignature.SIZE));
    ConsensusMessage message =
        switch (kind) {
          case PROPOSAL ->
              new ConsensusMessage.Proposal(
                  Decoding.round(in),
                  Block.read(in),
                  in.list(ConsensusLimits.MAX_VALIDATORS, SignedStatement::read),
                  in.optional(PreparedCertificate::read));
          case PREPARE -> new ConsensusMessage.Prepare(in.u64(), Decoding.round(in), in.hash());
          case COMMIT -> new ConsensusMessage.Commit(in.u64(), Decoding.round(in), in.hash());
          case ROUND_CHANGE ->
              new ConsensusMessage.RoundChange(
                  in.u64(), Decoding.round(in), in.optional(PreparedCertificate::read));
        };
    message.statement(); // refuses what cannot be stated, a prepared round that is not earlier
    return new SignedMessage(message, sender, signature);
  }
}
