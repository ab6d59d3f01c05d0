package dev.trestle.adapter.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import java.util.Optional;

/** Reads transactions as nodes give them, and checks that they are the ones that were asked for. */
final class WireTransactions {
  private static final int FLAG_OFFSET = 5;
  private static final int WITNESS_FLAG = 1;

  /** Litecoin's MWEB flag (LIP-3): the transaction has a confidential part, or is a HogEx. */
  private static final int MWEB_FLAG = 8;

  private static final int LOCK_TIME_SIZE = 4;

  /** Confirmations from which the next block may spend a coinbase. */
  static final long COINBASE_MATURITY = 100;

  /** The same for coins that a HogEx pays out of the confidential part (Litecoin Core). */
  static final long PEG_OUT_MATURITY = 6;

  /** Witness version 8 and 32 bytes: the first output of every HogEx, and of nothing else. */
  private static final Bytes HOGEX_OUTPUT = Bytes.fromHex("5820");

  private WireTransactions() {}

  /**
   * The transaction with this id; empty for one with a confidential part that only Litecoin can
   * read.
   *
   * @throws dev.trestle.adapter.AdapterException NODE_ERROR if it is malformed or another one
   */
  static Optional<BitcoinTransaction> read(Bytes raw, Hash32 id) {
    boolean mweb = isMweb(raw);
    Verdict<BitcoinTransaction> verdict = BitcoinTransaction.parse(mweb ? withoutMweb(raw) : raw);
    if (verdict instanceof Verdict.Accepted<BitcoinTransaction>(BitcoinTransaction transaction)
        && transaction.txId().equals(id)) {
      return Optional.of(transaction);
    }
    if (mweb) {
      return Optional.empty();
    }
    throw BitcoinRpc.malformed("not the transaction " + id.toReversedHex());
  }

  /** Confirmations, its own block included, from which the next block may spend its outputs. */
  static long maturity(BitcoinTransaction transaction) {
    if (transaction.isCoinbase()) {
      return COINBASE_MATURITY;
    }
    Bytes first = transaction.outputs().getFirst().script();
    boolean hogEx = first.size() == 34 && first.slice(0, 2).equals(HOGEX_OUTPUT);
    return hogEx ? PEG_OUT_MATURITY : 1;
  }

  private static boolean isMweb(Bytes raw) {
    return raw.size() > FLAG_OFFSET + 1 + LOCK_TIME_SIZE
        && raw.at(FLAG_OFFSET - 1) == 0
        && (raw.at(FLAG_OFFSET) & MWEB_FLAG) != 0;
  }

  /**
   * A HogEx, the transaction with which every block ends that has a confidential part, carries just
   * a zero byte in place of it, before the lock time. Its transparent outputs are ordinary coins.
   */
  private static Bytes withoutMweb(Bytes raw) {
    int end = raw.size() - LOCK_TIME_SIZE - 1;
    int flags = raw.at(FLAG_OFFSET) & ~MWEB_FLAG;
    Bytes marker = flags == WITNESS_FLAG ? Bytes.fromHex("0001") : Bytes.EMPTY;
    return Bytes.concat(
        raw.slice(0, FLAG_OFFSET - 1),
        marker,
        raw.slice(FLAG_OFFSET + 1, end),
        raw.slice(end + 1, raw.size()));
  }
}
