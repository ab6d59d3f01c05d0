package dev.trestle.relay.relayer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DutyTest {
  /** A release that nodes refuse for ever must not stop the ones behind it, nor any sweep. */
  @Test
  void oneItemThatFailsDoesNotKeepTheOthersFromTheirTurn() {
    List<Integer> done = new ArrayList<>();
    assertThatThrownBy(
            () ->
                Duty.each(
                    List.of(1, 2, 3, 4),
                    item -> {
                      if (item % 2 == 1) {
                        throw new IllegalStateException("poison " + item);
                      }
                      done.add(item);
                    }))
        .hasMessage("poison 1");
    assertThat(done).containsExactly(2, 4);
  }

  /** Coins come in order of their ids: a ground id must not hide a coin from its sweep. */
  @Test
  void whatStandsBehindTheFirstPageIsReadToo() {
    for (int count : new int[] {0, 1, Duty.PAGE - 1, Duty.PAGE, Duty.PAGE + 1, 3 * Duty.PAGE}) {
      List<Integer> items = IntStream.range(0, count).boxed().toList();
      List<Integer> read =
          Duty.<Integer>all(
              (after, limit) ->
                  items.stream()
                      .filter(item -> after.isEmpty() || item > after.get())
                      .limit(limit)
                      .toList());
      assertThat(read).isEqualTo(items);
    }
  }
}
