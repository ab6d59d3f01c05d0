package dev.trestle.relay.ledger.fake;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.MessageRules;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.RejectionCode;

/** {@code bytes emitter | u8 kind | fields}. */
public final class FakeMessages implements MessageRules {
  /** The fact that a contract leaves when it says {@code message}. */
  public static Bytes fact(Bytes emitter, ChainMessage message) {
    CanonicalWriter out = new CanonicalWriter().bytes(emitter);
    switch (message) {
      case ChainMessage.PacketReceived received ->
          out.u8(1).hash(received.packetId()).bool(received.success());
      case ChainMessage.TransferSent sent ->
          out.u8(2)
              .hash(sent.lane())
              .u64(sent.sequence())
              .hash(sent.assetId())
              .amount(sent.amount())
              .bytes(sent.sender())
              .bytes(sent.recipient());
    }
    return out.toBytes();
  }

  @Override
  public Verdict<ChainMessage> read(ProvenFact fact, Bytes emitter) {
    try {
      return CanonicalReader.decode(
          fact.value(),
          in -> {
            if (!in.bytes(64).equals(emitter)) {
              in.fixed(in.remaining());
              return Verdict.reject(RejectionCode.PATH_MISMATCH, "another contract");
            }
            return Verdict.accept(message(in));
          });
    } catch (DecodeException malformed) {
      return Verdict.reject(RejectionCode.MALFORMED, "message");
    }
  }

  private static ChainMessage message(CanonicalReader in) {
    return switch (in.u8()) {
      case 1 -> new ChainMessage.PacketReceived(in.hash(), in.bool());
      case 2 ->
          new ChainMessage.TransferSent(
              in.hash(), in.u64(), in.hash(), in.amount(), in.bytes(64), in.bytes(64));
      default -> throw new DecodeException("kind");
    };
  }
}
