package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.Verdict;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/**
 * Cuts a byte stream into frames. A header is judged as soon as its six bytes are there, so a peer
 * can make the node hold no more than the limit of the type it names. After a rejection the stream
 * is out of step and must be closed.
 */
final class FrameDecoder {
  private Buffer pending = Buffer.buffer();
  private int at;

  void feed(Buffer chunk) {
    if (at > 0) {
      pending = pending.getBuffer(at, pending.length());
      at = 0;
    }
    pending.appendBuffer(chunk);
  }

  /** The next whole frame, or nothing yet, or a rejection of the stream. */
  Verdict<Optional<Frame>> next() {
    if (pending.length() - at < Frame.HEADER_BYTES) {
      return Verdict.accept(Optional.empty());
    }
    long length = pending.getUnsignedInt(at);
    int version = pending.getUnsignedByte(at + 4);
    Optional<FrameType> type = FrameType.of(pending.getUnsignedByte(at + 5));
    if (version != Frame.VERSION || type.isEmpty()) {
      return Verdict.reject(NodeReason.BAD_FRAME, "unknown frame version or type");
    }
    if (length < 2 || length - 2 > type.get().maxBytes()) {
      return Verdict.reject(NodeReason.TOO_LARGE, length + " bytes of " + type.get());
    }
    int end = at + 4 + (int) length;
    if (pending.length() < end) {
      return Verdict.accept(Optional.empty());
    }
    Bytes payload = Bytes.wrap(pending.getBytes(at + Frame.HEADER_BYTES, end));
    at = end;
    return Verdict.accept(Optional.of(new Frame(type.get(), payload)));
  }

  /** Bytes held that are not yet a frame. */
  int buffered() {
    return pending.length() - at;
  }
}
