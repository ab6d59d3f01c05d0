package dev.trestle.adapter.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.adapter.CustodyPort;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WatchListTest {
  private long now = 1_700_000_000_000L;
  private final WatchList list = new WatchList(() -> now);

  private static Bytes script(int number) {
    return new CanonicalWriter().u32(number).toBytes();
  }

  private static Set<Bytes> scripts(int from, int to) {
    return IntStream.range(from, to).mapToObj(WatchListTest::script).collect(Collectors.toSet());
  }

  private WatchList.Change search() {
    WatchList.Change change = list.take();
    list.searched(change);
    return change;
  }

  @Test
  void aSearchThatFailsIsMadeAgain() {
    list.want(List.of(script(1)), true);
    list.want(List.of(script(2)), false);
    assertThat(list.take().fresh()).isEqualTo(scripts(1, 3));
    assertThat(list.watched()).as("it has failed").isEmpty();
    list.want(List.of(script(1)), true);
    list.want(List.of(script(2)), false);
    assertThat(search().fresh()).isEqualTo(scripts(1, 3));
    list.want(scripts(1, 3), false);
    assertThat(search().fresh()).as("once").isEmpty();
    assertThat(list.watched()).isEqualTo(scripts(1, 3));
  }

  /** A lock is never forgotten, whoever else asks for its script and stops. */
  @Test
  void onlyWhatNobodyAsksForIsForgotten() {
    list.want(List.of(script(1)), true);
    list.want(scripts(1, 5), false);
    search();
    list.want(List.of(script(2)), true);
    search();
    now += CustodyPort.FORGOTTEN_AFTER.toMillis() - 1;
    list.want(List.of(script(3)), false);
    search();
    now++;
    list.want(List.of(script(9)), false);
    assertThat(search().forgotten()).containsExactly(script(4));
    assertThat(list.watched()).isEqualTo(Set.of(script(1), script(2), script(3), script(9)));
  }

  /** It takes the place of no lock, and comes free again. */
  @Test
  void aFloodOfCustodyScriptsHasItsOwnBound() {
    list.want(scripts(0, WatchList.MAX_ASKED), false);
    assertThat(search().fresh()).hasSize(WatchList.MAX_ASKED);
    list.want(List.of(script(-1 & 0x7fffffff)), false);
    assertThat(search().fresh()).as("full").isEmpty();
    Bytes lock = Bytes.utf8("lock");
    list.want(List.of(lock), true);
    assertThat(search().fresh()).containsExactly(lock);
    now += CustodyPort.FORGOTTEN_AFTER.toMillis();
    list.want(List.of(Bytes.utf8("honest")), false);
    assertThat(search().fresh()).containsExactly(Bytes.utf8("honest"));
    assertThat(list.watched()).isEqualTo(Set.of(lock, Bytes.utf8("honest")));
  }

  /** Whoever asks for as many as there may be, and then for others, waits for nothing. */
  @Test
  void whatIsOverKeepsNothingNewOut() {
    list.want(scripts(0, WatchList.MAX_ASKED), false);
    search();
    now++;
    list.want(scripts(2, WatchList.MAX_ASKED + 2), false);
    WatchList.Change change = search();
    assertThat(change.forgotten()).isEqualTo(scripts(0, 2));
    assertThat(change.fresh()).hasSize(2);
    assertThat(list.watched()).isEqualTo(scripts(2, WatchList.MAX_ASKED + 2));
    list.lose();
    now++;
    list.want(scripts(2, WatchList.MAX_ASKED + 2), false);
    assertThat(search().fresh()).as("all are wanted").hasSize(WatchList.MAX_ASKED);
  }

  @Test
  void locksAreBoundedAsWell() {
    list.want(scripts(0, WatchList.MAX_KEPT), true);
    search();
    list.want(List.of(Bytes.utf8("one more")), true);
    assertThat(search().fresh()).isEmpty();
    list.want(List.of(script(0)), true);
    search();
    assertThat(list.watched()).hasSize(WatchList.MAX_KEPT);
  }

  /** All blocks that were read are lost: everything is searched for again. */
  @Test
  void whatIsLostIsSearchedForAgain() {
    list.want(List.of(script(1)), true);
    list.want(List.of(script(2)), false);
    search();
    assertThat(list.lose()).isEqualTo(scripts(1, 3));
    assertThat(list.watched()).isEmpty();
    list.want(List.of(script(1)), true);
    list.want(List.of(script(2)), false);
    assertThat(search().fresh()).isEqualTo(scripts(1, 3));
  }
}
