package dev.trestle.gateway.routes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Pages of lists that are kept by ids. */
final class NewestFirstTest {
  private static final int MANY = 20 * NewestFirst.READ + 7;

  private final NewestFirst<Item> list = new NewestFirst<>(Item::id, Item::height);
  private final TreeMap<Hash32, Long> heights = new TreeMap<>();

  /** What was read, for as long as somebody keeps it. */
  private final List<WeakReference<Item>> read = new ArrayList<>();

  private record Item(Hash32 id, long height) {}

  private void fill(int count) {
    for (int i = 0; i < count; i++) {
      heights.put(Digests.sha256(Bytes.utf8("item " + i)), (long) i / 3);
    }
  }

  private List<Item> items(Optional<Hash32> after, int limit) {
    List<Item> page =
        after.map(id -> heights.tailMap(id, false)).orElse(heights).entrySet().stream()
            .limit(limit)
            .map(entry -> new Item(entry.getKey(), entry.getValue()))
            .toList();
    page.forEach(item -> read.add(new WeakReference<>(item)));
    return page;
  }

  private List<Item> sorted() {
    return heights.entrySet().stream()
        .map(entry -> new Item(entry.getKey(), entry.getValue()))
        .sorted(Comparator.comparingLong(Item::height).reversed().thenComparing(Item::id))
        .toList();
  }

  @Test
  void pagesFollowEachOtherWithoutAGap() {
    for (int count : new int[] {0, 1, 30, NewestFirst.READ, NewestFirst.READ + 1}) {
      heights.clear();
      fill(count);
      List<Item> all = new ArrayList<>();
      List<Item> page;
      do {
        Optional<Item> cursor = all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
        page = list.select(this::items, item -> true, cursor, 10);
        assertThat(page).hasSize(Math.min(10, count - all.size()));
        all.addAll(page);
      } while (!page.isEmpty());
      assertThat(all).isEqualTo(sorted());
    }
  }

  /** A cursor stays good when what it names is not wanted any more. */
  @Test
  void onlyWhatIsWantedIsThere() {
    fill(50);
    List<Item> all = sorted();
    List<Item> page =
        list.select(this::items, item -> item.height() < 10, Optional.of(all.get(1)), 10);
    assertThat(page)
        .isEqualTo(all.stream().filter(item -> item.height() < 10).limit(10).toList())
        .hasSize(10);
  }

  /** However long the list is: anybody may ask for it, and many at once. */
  @Test
  void whatIsNotShownIsNotKept() {
    fill(MANY);
    int[] kept = {0};
    List<Item> page =
        list.select(
            (after, limit) -> {
              List<Item> items = items(after, limit);
              if (items.size() < limit) { // the last ones
                System.gc();
                kept[0] = (int) read.stream().filter(item -> item.get() != null).count();
              }
              return items;
            },
            item -> true,
            Optional.empty(),
            10);
    assertThat(page).isEqualTo(sorted().subList(0, 10));
    assertThat(read).hasSize(MANY);
    assertThat(kept[0]).isLessThanOrEqualTo(10 + 2 * NewestFirst.READ);
    assertThat(IntStream.range(0, 10)).allMatch(at -> page.get(at).height() >= MANY / 3 - 5);
  }
}
