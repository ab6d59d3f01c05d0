package dev.trestle.lightclient.bitcoin.filter;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import java.util.ArrayList;
import java.util.List;

/**
 * The chain of filter headers (BIP-157): each commits to its block's filter and the header before.
 * No proof of work covers it, so it is only as good as the agreement of several peers: headers that
 * differ are settled with the block at hand.
 *
 * <p>Rejects with {@code malformed}, {@code budget-exceeded} (before hashing) and {@code
 * filter-mismatch}.
 */
public final class FilterHeaders {
  /** The header before that of the genesis block. */
  public static final Hash32 BEFORE_GENESIS = Hash32.ZERO;

  /** Most filter hashes in one message. */
  public static final int MAX_HASHES = 2_000;

  /** SHA-256 compressions of one header. */
  private static final long UNITS = 3 * Budget.HASH;

  private FilterHeaders() {}

  /** The filter header of a block. */
  public static Hash32 next(Hash32 previous, Hash32 filterHash) {
    return Digests.sha256d(filterHash.bytes(), previous.bytes());
  }

  /**
   * The headers that follow {@code previous}, one a filter hash. Rejects an empty message and one
   * of more than {@link #MAX_HASHES} ({@link RejectionCode#MALFORMED}).
   */
  public static Verdict<List<Hash32>> follow(
      Hash32 previous, List<Hash32> filterHashes, Budget budget) {
    if (filterHashes.isEmpty() || filterHashes.size() > MAX_HASHES) {
      return Verdict.reject(RejectionCode.MALFORMED, filterHashes.size() + " filter hashes");
    }
    if (!budget.charge(UNITS * filterHashes.size())) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, filterHashes.size() + " headers");
    }
    List<Hash32> headers = new ArrayList<>(filterHashes.size());
    Hash32 tip = previous;
    for (Hash32 hash : filterHashes) {
      tip = next(tip, hash);
      headers.add(tip);
    }
    return Verdict.accept(List.copyOf(headers));
  }

  /**
   * Accepts a filter as the one that the agreed filter headers commit to; {@link
   * RejectionCode#FILTER_MISMATCH} otherwise.
   *
   * @param previous filter header of the parent block
   * @param header filter header of the filter's block
   */
  public static Verdict<BlockFilter> check(Hash32 previous, Hash32 header, BlockFilter filter) {
    return next(previous, filter.hash()).equals(header)
        ? Verdict.accept(filter)
        : Verdict.reject(RejectionCode.FILTER_MISMATCH, "not what the filter header commits to");
  }
}
