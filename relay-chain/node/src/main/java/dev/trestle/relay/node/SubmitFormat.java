package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.relay.ledger.Receipt;
import java.util.List;

/**
 * Binary messages of the WebSocket at {@code /submit}, version 1. A client sends requests {@code u8
 * version | u32 count | (u32 tag | bytes transaction)...} and gets answers {@code u8 version | u32
 * count | (u32 tag | u8 kind | ...)...} in any order, one a tag, as soon as each is final: kind 1
 * included {@code b32 id | u64 height | u32 index | text outcome | text code}, 2 refused {@code
 * bool retry | text code | text detail}, 3 timed out {@code b32 id}, 4 closed.
 */
public final class SubmitFormat {
  /** Largest message in either direction, in bytes. */
  public static final int MAX_MESSAGE_BYTES = 2 << 20;

  /** Requests of one connection that may be unanswered. */
  public static final int MAX_OPEN = 1_024;

  private static final int VERSION = 1;
  private static final int MAX_TEXT = 1_024;

  private SubmitFormat() {}

  /**
   * @param tag chosen by the client; its answer has the same
   */
  public record Request(long tag, Bytes transaction) {}

  /** What became of a request. */
  public record Answer(long tag, Settlement settlement) {}

  public static Bytes requests(List<Request> requests) {
    return new CanonicalWriter()
        .u8(VERSION)
        .list(requests, (out, each) -> out.u32(each.tag()).bytes(each.transaction()))
        .toBytes();
  }

  /**
   * @throws dev.trestle.base.DecodeException unless it is what {@link #requests} writes
   */
  static List<Request> readRequests(Bytes message) {
    return CanonicalReader.decode(
        message,
        in -> {
          version(in);
          return in.list(
              MAX_OPEN, r -> new Request(r.u32(), r.bytes(FrameType.TRANSACTION.maxBytes())));
        });
  }

  static Bytes answers(List<Answer> answers) {
    return new CanonicalWriter().u8(VERSION).list(answers, SubmitFormat::write).toBytes();
  }

  private static void write(CanonicalWriter out, Answer answer) {
    out.u32(answer.tag());
    switch (answer.settlement()) {
      case Settlement.Included(TransactionRecord record) ->
          out.u8(1)
              .hash(record.id())
              .u64(record.height())
              .u32(record.index())
              .text(record.outcome().name())
              .text(record.code());
      case Settlement.Refused(var reason, String detail, boolean retry) ->
          out.u8(2).bool(retry).text(reason.code()).text(shortened(detail));
      case Settlement.TimedOut(Hash32 id) -> out.u8(3).hash(id);
      case Settlement.Closed() -> out.u8(4);
    }
  }

  /**
   * What a client reads.
   *
   * @throws dev.trestle.base.DecodeException unless it is what the node writes
   */
  public static List<Answer> readAnswers(Bytes message) {
    return CanonicalReader.decode(
        message,
        in -> {
          version(in);
          return in.list(Integer.MAX_VALUE, r -> new Answer(r.u32(), settlement(r)));
        });
  }

  private static Settlement settlement(CanonicalReader in) {
    int kind = in.u8();
    return switch (kind) {
      case 1 ->
          new Settlement.Included(
              new TransactionRecord(
                  in.hash(),
                  in.u64(),
                  Math.toIntExact(in.u32()),
                  Receipt.Outcome.valueOf(in.text(MAX_TEXT)),
                  in.text(MAX_TEXT)));
      case 2 -> {
        boolean retry = in.bool();
        String code = in.text(MAX_TEXT);
        yield new Settlement.Refused(() -> code, in.text(MAX_TEXT), retry);
      }
      case 3 -> new Settlement.TimedOut(in.hash());
      case 4 -> new Settlement.Closed();
      default -> throw new IllegalArgumentException("answer of kind " + kind);
    };
  }

  private static void version(CanonicalReader in) {
    if (in.u8() != VERSION) {
      throw new IllegalArgumentException("unknown version");
    }
  }

  private static String shortened(String detail) {
    return detail.length() <= MAX_TEXT / 4 ? detail : detail.substring(0, MAX_TEXT / 4);
  }
}
