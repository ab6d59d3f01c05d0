package dev.trestle.relay.ledger;

/**
 * What each node decides for itself; nothing here changes a result.
 *
 * @param historyBlocks past states that can still be proved, besides that of the head
 * @param cachedPages pages of the state tree that are kept in memory, about 4 KiB each
 */
public record LedgerOptions(int historyBlocks, int cachedPages) {
  /** Most past states. */
  public static final int MAX_HISTORY_BLOCKS = 1_000_000;

  /** Most pages in memory. */
  public static final int MAX_CACHED_PAGES = 1_000_000;

  public static final LedgerOptions DEFAULT = new LedgerOptions(1_024, 8_192);

  public LedgerOptions {
    if (historyBlocks < 1
        || historyBlocks > MAX_HISTORY_BLOCKS
        || cachedPages < 1
        || cachedPages > MAX_CACHED_PAGES) {
      throw new IllegalArgumentException("1 to 1,000,000 blocks of history and pages in memory");
    }
  }
}
