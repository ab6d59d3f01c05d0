package dev.trestle.gateway.routes;

import dev.trestle.gateway.http.Problem;
import dev.trestle.gateway.http.ProblemCode;
import dev.trestle.sdk.Api;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Keyset pages over lists that fit in memory: the cursor is the key of the last item. */
final class Pages {
  private static final int DEFAULT_LIMIT = 50;
  private static final int MAX_LIMIT = 200;

  /** Items that one request may have made. */
  private static final int MAX_SCAN = 400;

  private Pages() {}

  /** The page of {@code all} that the request asks for. */
  static <T> Api.Paged<T> of(RoutingContext request, List<T> all, Function<T, String> key) {
    int limit = limit(request);
    int from = 0;
    String cursor = request.request().getParam("cursor");
    if (cursor != null) {
      while (from < all.size() && !key.apply(all.get(from)).equals(cursor)) {
        from++;
      }
      if (from == all.size()) {
        throw new Problem(ProblemCode.VALIDATION_FAILED, "cursor names nothing here");
      }
      from++;
    }
    int to = Math.min(all.size(), from + limit);
    List<T> page = List.copyOf(all.subList(from, to));
    boolean more = to < all.size();
    return new Api.Paged<>(
        page, new Api.Page(more ? Optional.of(key.apply(page.getLast())) : Optional.empty(), more));
  }

  /** An item that costs work to make. */
  record Lazy<T>(String key, Supplier<T> item) {}

  /**
   * As {@link #of}, making only the items of the page. With a filter a page may be shorter than its
   * limit although more follow.
   */
  static <T> Api.Paged<T> lazily(RoutingContext request, List<Lazy<T>> all, Predicate<T> wanted) {
    int limit = limit(request);
    int at = 0;
    String cursor = request.request().getParam("cursor");
    if (cursor != null) {
      while (at < all.size() && !all.get(at).key().equals(cursor)) {
        at++;
      }
      if (at == all.size()) {
        throw new Problem(ProblemCode.VALIDATION_FAILED, "cursor names nothing here");
      }
      at++;
    }
    List<T> page = new ArrayList<>();
    int end = Math.min(all.size(), at + MAX_SCAN);
    while (at < end && page.size() < limit) {
      T item = all.get(at++).item().get();
      if (wanted.test(item)) {
        page.add(item);
      }
    }
    boolean more = at < all.size();
    return new Api.Paged<>(
        List.copyOf(page),
        new Api.Page(more ? Optional.of(all.get(at - 1).key()) : Optional.empty(), more));
  }

  static int limit(RoutingContext request) {
    String text = request.request().getParam("limit");
    if (text == null) {
      return DEFAULT_LIMIT;
    }
    if (!text.matches("[1-9][0-9]{0,2}") || Integer.parseInt(text) > MAX_LIMIT) {
      throw new Problem(ProblemCode.VALIDATION_FAILED, "limit is 1 to " + MAX_LIMIT);
    }
    return Integer.parseInt(text);
  }

  /** A parameter of the path; its route names it, so it is there. */
  static String path(RoutingContext request, String name) {
    return Objects.requireNonNull(request.pathParam(name), name);
  }

  /** A query parameter, if it is there and not empty. */
  static Optional<String> query(RoutingContext request, String name) {
    return Optional.ofNullable(request.request().getParam(name)).filter(text -> !text.isEmpty());
  }
}
