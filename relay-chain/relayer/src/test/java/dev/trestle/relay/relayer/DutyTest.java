package dev.trestle.relay.relayer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
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
}
