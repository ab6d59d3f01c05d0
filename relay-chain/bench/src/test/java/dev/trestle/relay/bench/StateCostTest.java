package dev.trestle.relay.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.relay.ledger.LedgerOptions;
import dev.trestle.relay.ledger.state.InMemoryKeyValueStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class StateCostTest {
  @TempDir Path temp;

  /** Nothing is in memory, and few blocks are enough to count. */
  private static StateCost.Plan plan(int changes) {
    return new StateCost.Plan(changes, 3, 1, new LedgerOptions(4, 1));
  }

  private static StateCost.Figures measure(long entries, int changes) {
    return StateCost.measure(new InMemoryKeyValueStore(), entries, plan(changes));
  }

  /** What is counted does not depend on the machine. */
  @Test
  void aBlockCostsByItsChangesAndTheDepthOfTheTreeNotByTheSizeOfTheState() {
    StateCost.Figures small = measure(1_000, 50);
    StateCost.Figures large = measure(16_000, 50);
    StateCost.Figures more = measure(16_000, 200);
    // 16 times the state: one page deeper
    assertThat(large.reads()).isBetween(small.reads(), small.reads() * 2);
    assertThat(large.kibibytes()).isBetween(small.kibibytes(), small.kibibytes() * 2);
    assertThat(more.reads()).isBetween(large.reads() * 2.5, large.reads() * 4);
    assertThat(more.kibibytes()).isBetween(large.kibibytes() * 2.5, large.kibibytes() * 4);
  }

  @Test
  void aSizeThatCannotBeNumberedIsRefused() {
    for (long entries : new long[] {0, StateCost.MAX_ENTRIES + 1}) {
      assertThatThrownBy(() -> measure(entries, 1)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aRowIsForPeopleOrForPrograms() throws IOException {
    List<String> text = new ArrayList<>();
    new StateBench(temp, false, text::add, plan(10)).run(List.of(300L));
    assertThat(text).hasSize(3);
    assertThat(text.getLast()).startsWith("       300 ").hasSameSizeAs(text.get(1));
    List<String> json = new ArrayList<>();
    new StateBench(temp, true, json::add, plan(10)).run(List.of(300L));
    JsonNode row = JsonMapper.shared().readTree(json.getFirst());
    assertThat(row.get("bench").asString()).isEqualTo("state");
    assertThat(row.get("work").asString()).isEqualTo("block-of-10");
    assertThat(row.get("entries").asLong()).isEqualTo(300);
    assertThat(row.get("reads").asDouble()).isPositive();
    assertThat(temp).as("nothing is left").isEmptyDirectory();
  }
}
