package dev.trestle.lightclient.bitcoin.filter;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.TxOutput;
import dev.trestle.lightclient.bitcoin.tx.WireReader;
import dev.trestle.lightclient.bitcoin.tx.WireWriter;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * The basic filter of a block (BIP-158, type 0): a set of hashed scripts that answers "may this
 * script be touched by the block?" with no false no and one false yes in {@value #M}. It only tells
 * which blocks to look at: what a block contains is proved by a Merkle branch.
 *
 * <p>Rejections: {@link RejectionCode#BUDGET_EXCEEDED} (work, charged by size before decoding),
 * {@link RejectionCode#MALFORMED} (over {@link #MAX_SIZE}, a count that the bytes cannot hold, an
 * element over its range, unused bytes or bits), {@link RejectionCode#FILTER_MISMATCH} (not the
 * filter of this block), {@link RejectionCode#UNEXPECTED_ELEMENT} (an output script of the block is
 * missing).
 */
public final class BlockFilter {
  /** Largest filter in bytes: more scripts than a block of 4,000,000 weight units can touch. */
  public static final int MAX_SIZE = 1 << 20;

  /** One false positive in so many. */
  static final long M = 784_931;

  private static final int MAX_ELEMENTS = 8 * MAX_SIZE / (GolombSet.P + 1);
  private static final int OP_RETURN = 0x6a;

  /** Bytes of filter that one unit of work covers. */
  private static final int BYTES_PER_UNIT = 8;

  private final Hash32 block;
  private final Bytes raw;
  private final long[] values;

  private BlockFilter(Hash32 block, Bytes raw, long[] values) {
    this.block = block;
    this.raw = raw;
    this.values = values;
  }

  /**
   * Reads a filter as peers send it.
   *
   * @param block block hash in wire order; the hashes are keyed by it
   */
  public static Verdict<BlockFilter> parse(Hash32 block, Bytes raw, Budget budget) {
    if (!budget.charge(Budget.HASH * (1 + raw.size() / BYTES_PER_UNIT))) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, raw.size() + " bytes of filter");
    }
    if (raw.size() > MAX_SIZE) {
      return Verdict.reject(RejectionCode.MALFORMED, "over " + MAX_SIZE + " bytes");
    }
    try {
      WireReader in = new WireReader(raw);
      int count = in.compactSize(MAX_ELEMENTS);
      long[] values = GolombSet.decode(raw, raw.size() - in.remaining(), count, count * M);
      return Verdict.accept(new BlockFilter(block, raw, values));
    } catch (DecodeException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  /**
   * The filter of a block.
   *
   * @param block block hash in wire order
   * @param spentScripts scripts of the outputs that the block spends, in any order
   * @throws IllegalArgumentException if there are more scripts than a block can have
   */
  public static BlockFilter build(
      Hash32 block, List<BitcoinTransaction> transactions, Collection<Bytes> spentScripts) {
    NavigableSet<Bytes> elements = new TreeSet<>(outputScripts(transactions));
    spentScripts.stream().filter(script -> !script.isEmpty()).forEach(elements::add);
    if (elements.size() > MAX_ELEMENTS) {
      throw new IllegalArgumentException(elements.size() + " scripts");
    }
    long[] values = hashed(block, elements, elements.size());
    Bytes raw =
        new WireWriter().compactSize(values.length).fixed(GolombSet.encode(values)).toBytes();
    return new BlockFilter(block, raw, values);
  }

  /** Scripts that a block's own outputs put into its filter: neither empty nor OP_RETURN. */
  private static NavigableSet<Bytes> outputScripts(List<BitcoinTransaction> transactions) {
    NavigableSet<Bytes> scripts = new TreeSet<>();
    for (BitcoinTransaction transaction : transactions) {
      for (TxOutput output : transaction.outputs()) {
        if (!output.script().isEmpty() && output.script().at(0) != OP_RETURN) {
          scripts.add(output.script());
        }
      }
    }
    return scripts;
  }

  /** Whether the block may touch one of {@code scripts}; empty scripts are never in a filter. */
  public boolean mayContain(Collection<Bytes> scripts) {
    List<Bytes> wanted = scripts.stream().filter(script -> !script.isEmpty()).toList();
    long[] queries = hashed(block, wanted, values.length);
    int at = 0;
    for (long query : queries) {
      while (at < values.length && values[at] < query) {
        at++;
      }
      if (at < values.length && values[at] == query) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether this is the filter of a block that is known whole, spent scripts included.
   *
   * @param spentScripts as for {@link #build}
   */
  public Verdict<BlockFilter> check(
      List<BitcoinTransaction> transactions, Collection<Bytes> spentScripts) {
    return build(block, transactions, spentScripts).raw().equals(raw)
        ? Verdict.accept(this)
        : Verdict.reject(RejectionCode.FILTER_MISMATCH, "not the filter of the block");
  }

  /**
   * Whether every output script of the block is in the filter: decides between peers that disagree
   * (BIP-157) where the spent scripts are not known. The filter may still hold too much.
   */
  public Verdict<BlockFilter> checkOutputs(List<BitcoinTransaction> transactions) {
    for (Bytes script : outputScripts(transactions)) {
      if (!mayContain(List.of(script))) {
        return Verdict.reject(RejectionCode.UNEXPECTED_ELEMENT, "without " + script);
      }
    }
    return Verdict.accept(this);
  }

  /** Number of elements. */
  public int size() {
    return values.length;
  }

  public Hash32 block() {
    return block;
  }

  /** As it is sent. */
  public Bytes raw() {
    return raw;
  }

  /** What the block's filter header commits to. */
  public Hash32 hash() {
    return Digests.sha256d(raw);
  }

  private static long[] hashed(Hash32 block, Collection<Bytes> elements, int range) {
    WireReader key = new WireReader(block.bytes());
    SipHash hash = new SipHash(key.i64(), key.i64());
    long bound = range * M;
    long[] values =
        elements.stream()
            .mapToLong(element -> Math.unsignedMultiplyHigh(hash.hash(element), bound))
            .toArray();
    Arrays.sort(values);
    return values;
  }
}
