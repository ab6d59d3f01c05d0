package dev.trestle.gateway.routes;

import dev.trestle.base.Hash32;
import dev.trestle.gateway.http.Problem;
import dev.trestle.gateway.http.ProblemCode;
import dev.trestle.sdk.Api;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * Keyset pages of a list of the ledger that may be long, the newest first and those of one height
 * by their ids. The ledger keeps it by ids alone, so all of it is read, but never more than the
 * page that is asked for is kept.
 *
 * @param id of a record
 * @param height relay height at which a record came into being
 */
record NewestFirst<R>(Function<R, Hash32> id, ToLongFunction<R> height) {
  /** Records that are read at a time: they may carry whole transactions. */
  static final int READ = 100;

  private record Ranked<R>(long height, Hash32 id, R record) {}

  private Comparator<Ranked<R>> order() {
    return Comparator.<Ranked<R>>comparingLong(Ranked::height).reversed().thenComparing(Ranked::id);
  }

  private Ranked<R> ranked(R record) {
    return new Ranked<>(height.applyAsLong(record), id.apply(record), record);
  }

  /**
   * The page that the request asks for.
   *
   * @param byId finds the record that a cursor names
   * @param list reads the page after an id, with at most so many records, by ascending ids
   * @throws Problem when the cursor names no record, or the limit is none
   */
  <T> Api.Paged<T> page(
      RoutingContext request,
      Function<Hash32, Optional<R>> byId,
      BiFunction<Optional<Hash32>, Integer, List<R>> list,
      Predicate<R> wanted,
      Function<R, T> shown) {
    int limit = Pages.limit(request);
    Optional<R> cursor =
        Optional.ofNullable(request.request().getParam("cursor")).map(text -> named(text, byId));
    List<R> found = select(list, wanted, cursor, limit + 1);
    boolean more = found.size() > limit;
    List<R> page = more ? found.subList(0, limit) : found;
    return new Api.Paged<>(
        page.stream().map(shown).toList(),
        new Api.Page(
            more ? Optional.of(id.apply(page.getLast()).toHex()) : Optional.empty(), more));
  }

  private static <R> R named(String cursor, Function<Hash32, Optional<R>> byId) {
    return Optional.of(cursor)
        .filter(text -> text.matches("[0-9a-f]{64}"))
        .map(Hash32::fromHex)
        .flatMap(byId)
        .orElseThrow(() -> new Problem(ProblemCode.VALIDATION_FAILED, "cursor names nothing here"));
  }

  /** The first {@code count} that are wanted behind {@code cursor}, in their order. */
  List<R> select(
      BiFunction<Optional<Hash32>, Integer, List<R>> list,
      Predicate<R> wanted,
      Optional<R> cursor,
      int count) {
    Comparator<Ranked<R>> order = order();
    Optional<Ranked<R>> from = cursor.map(this::ranked);
    PriorityQueue<Ranked<R>> best = new PriorityQueue<>(order.reversed()); // its head is the last
    Optional<Hash32> after = Optional.empty();
    List<R> read;
    do {
      read = list.apply(after, READ);
      for (R record : read) {
        Ranked<R> each = ranked(record);
        after = Optional.of(each.id);
        if (wanted.test(record) && from.filter(at -> order.compare(each, at) <= 0).isEmpty()) {
          best.add(each);
          if (best.size() > count) {
            best.remove();
          }
        }
      }
    } while (read.size() == READ);
    List<Ranked<R>> sorted = new ArrayList<>(best);
    sorted.sort(order);
    return sorted.stream().map(Ranked::record).toList();
  }
}
