package dev.trestle.lightclient.corda;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import java.util.List;
import java.util.function.Function;

/**
 * What all messages share: a version byte, a largest size, and a price by size that is paid before
 * anything is decoded. An update is {@code u8 version = 1 | list of bytes transaction}.
 *
 * <p>Rejects with {@code malformed} (over the largest size, or another form) and {@code
 * budget-exceeded} (by size, before decoding).
 *
 * <p>Own format: {@code light-clients/docs/corda.md}, "Formats".
 */
public final class Messages {
  /** Most transactions of one update. */
  public static final int MAX_TRANSACTIONS = 16;

  /** Largest message in bytes. */
  public static final int MAX_SIZE = 1_000_000;

  private static final int VERSION = 1;

  /** Bytes for one unit of work: decoding and hashing them takes about that. */
  private static final int BYTES_PER_UNIT = 16;

  private Messages() {}

  /** Joins encoded transactions. */
  public static Bytes update(List<Bytes> transactions) {
    if (transactions.isEmpty() || transactions.size() > MAX_TRANSACTIONS) {
      throw new IllegalArgumentException(transactions.size() + " transactions");
    }
    return begin().list(transactions, CanonicalWriter::bytes).toBytes();
  }

  static Verdict<List<NotarisedTransaction>> decodeUpdate(Bytes message, Budget budget) {
    return decode(
        message,
        budget,
        in -> {
          List<NotarisedTransaction> transactions =
              in.list(MAX_TRANSACTIONS, each -> NotarisedTransaction.decode(each.bytes(MAX_SIZE)));
          if (transactions.isEmpty()) {
            throw new DecodeException("no transaction");
          }
          return transactions;
        });
  }

  /** A writer that has written the version. */
  static CanonicalWriter begin() {
    return new CanonicalWriter().u8(VERSION);
  }

  /** Charges for the size, then decodes what follows the version. */
  static <T> Verdict<T> decode(Bytes message, Budget budget, Function<CanonicalReader, T> decoder) {
    if (message.size() > MAX_SIZE) {
      return Verdict.reject(RejectionCode.MALFORMED, "a message of " + message.size() + " bytes");
    }
    if (!budget.charge(units(message))) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before decoding");
    }
    try {
      return Verdict.accept(decode(message, decoder));
    } catch (DecodeException e) {
      return malformed(e);
    }
  }

  /**
   * What follows the version.
   *
   * @throws DecodeException if it is of another version or not decodable
   */
  static <T> T decode(Bytes message, Function<CanonicalReader, T> decoder) {
    return CanonicalReader.decode(
        message,
        in -> {
          int version = in.u8();
          if (version != VERSION) {
            throw new DecodeException("version " + version);
          }
          return decoder.apply(in);
        });
  }

  static long units(Bytes message) {
    return Budget.HASH * (message.size() / BYTES_PER_UNIT + 1L);
  }

  static <T> Verdict<T> malformed(DecodeException e) {
    return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
  }
}
