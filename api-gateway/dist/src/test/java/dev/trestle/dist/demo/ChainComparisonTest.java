package dev.trestle.dist.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.dist.demo.ChainComparison.Link;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ChainComparisonTest {
  private static final List<Link> CHAIN =
      List.of(new Link(1, "a", "g"), new Link(2, "b", "a"), new Link(3, "c", "b"));

  private static List<String> faults(List<Link> other) {
    return ChainComparison.faults("g", Map.of("0", CHAIN, "1", other), 3);
  }

  private static List<Link> with(int index, Link link) {
    List<Link> changed = new ArrayList<>(CHAIN);
    changed.set(index, link);
    return changed;
  }

  @Test
  void theSameChainHasNoFaults() {
    assertThat(faults(CHAIN)).isEmpty();
  }

  @Test
  void everyKindOfForkIsCaught() {
    assertThat(faults(with(2, new Link(3, "x", "b")))).as("another tip").hasSize(1);
    assertThat(faults(with(1, new Link(2, "x", "a")))).as("another block below").isNotEmpty();
    assertThat(faults(with(0, new Link(1, "a", "h")))).as("another genesis").hasSize(1);
    assertThat(faults(with(2, new Link(4, "c", "b")))).as("a gap").hasSize(1);
    assertThat(faults(CHAIN.subList(0, 2))).as("a missing tip").hasSize(1);
    List<Link> whole = List.of(new Link(1, "x", "g"), new Link(2, "y", "x"), new Link(3, "z", "y"));
    assertThat(faults(whole)).as("an unbroken chain of its own").hasSize(1);
  }
}
