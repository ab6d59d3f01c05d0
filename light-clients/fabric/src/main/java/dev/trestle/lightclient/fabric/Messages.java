package dev.trestle.lightclient.fabric;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.fabric.protos.Block;
import java.util.List;
import java.util.function.Function;

/**
 * What all messages share: a version byte, a largest size, and a price by size that is paid before
 * anything is decoded. An update is {@code u8 version = 1 | list of bytes block}, each block as
 * {@link #block} reads it.
 *
 * <p>Rejects with {@code malformed} (over the largest size, or another form) and {@code
 * budget-exceeded} (by size, before decoding).
 *
 * <p>Own format: {@code light-clients/docs/fabric.md}, "Formats".
 */
public final class Messages {
  /** Most consecutive blocks of one update. */
  public static final int MAX_BLOCKS = 64;

  /** Largest message in bytes. */
  public static final int MAX_SIZE = 3_000_000;

  private static final int VERSION = 1;

  /** Bytes for one unit of work: decoding and hashing them takes about that. */
  private static final int BYTES_PER_UNIT = 16;

  private Messages() {}

  /** Joins encoded blocks. */
  public static Bytes update(List<Bytes> blocks) {
    if (blocks.isEmpty() || blocks.size() > MAX_BLOCKS) {
      throw new IllegalArgumentException(blocks.size() + " blocks");
    }
    return begin().list(blocks, CanonicalWriter::bytes).toBytes();
  }

  static Verdict<List<Block>> decodeUpdate(Bytes message, Budget budget) {
    return decode(
        message,
        budget,
        in -> {
          List<Block> blocks = in.list(MAX_BLOCKS, Messages::block);
          if (blocks.isEmpty()) {
            throw new DecodeException("no block");
          }
          return blocks;
        });
  }

  /**
   * A canonical {@code common.Block} of a header, possibly data, and the orderers' signatures:
   * other metadata are signed by nobody and must be left out.
   */
  static Block block(CanonicalReader in) {
    Block block = Block.decodeCanonical(in.bytes(Block.MAX_SIZE));
    if (!block.equals(block.pruned(true))) {
      throw new DecodeException("a block with other metadata than signatures");
    }
    return block;
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
