package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.relay.ledger.Receipt;

/**
 * Where a transaction was included and what became of it.
 *
 * @param height of the block
 * @param index of the transaction in the block
 * @param code {@code ok} or the reason why it had no effect
 */
public record TransactionRecord(
    Hash32 id, long height, int index, Receipt.Outcome outcome, String code) {
  private static final int VERSION = 1;
  private static final int MAX_CODE_BYTES = 64;

  /** Whether what was asked for is so. */
  public boolean isSuccess() {
    return outcome == Receipt.Outcome.APPLIED || outcome == Receipt.Outcome.EXISTING;
  }

  Bytes encode() {
    return new CanonicalWriter()
        .u8(VERSION)
        .u64(height)
        .u32(index)
        .text(outcome.name())
        .text(code)
        .toBytes();
  }

  static TransactionRecord decode(Hash32 id, Bytes bytes) {
    return CanonicalReader.decode(
        bytes,
        in -> {
          if (in.u8() != VERSION) {
            throw new IllegalArgumentException("unknown version");
          }
          return new TransactionRecord(
              id,
              in.u64(),
              Math.toIntExact(in.u32()),
              Receipt.Outcome.valueOf(in.text(MAX_CODE_BYTES)),
              in.text(MAX_CODE_BYTES));
        });
  }
}
