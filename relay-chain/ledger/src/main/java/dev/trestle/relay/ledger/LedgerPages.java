package dev.trestle.relay.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** Lists of a {@link LedgerView} that come in pages, read to their end. */
public final class LedgerPages {
  private LedgerPages() {}

  /**
   * All items, in the order of the pages. What enters or leaves the list meanwhile may be missing
   * or still be there; nothing else is.
   *
   * @param page reads the page after an item, with at most so many items
   */
  public static <T> List<T> all(BiFunction<Optional<T>, Integer, List<T>> page) {
    List<T> all = new ArrayList<>();
    List<T> last;
    do {
      Optional<T> after = all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
      last = page.apply(after, LedgerView.MAX_PAGE);
      all.addAll(last);
    } while (last.size() == LedgerView.MAX_PAGE);
    return all;
  }
}
