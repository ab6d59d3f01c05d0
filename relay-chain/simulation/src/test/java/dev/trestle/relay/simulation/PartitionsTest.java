package dev.trestle.relay.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.relay.simulation.Scenario.Attack;
import dev.trestle.relay.simulation.Scenario.Weather;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PartitionsTest {
  @Test
  void fourValidatorsAreSplitInEveryOneOfTheSevenWays() {
    Partitions partitions =
        new Partitions(Partitions.Kind.EVERY_SPLIT, 4, 3, new SplittableRandom(1));
    Set<String> seen = new TreeSet<>();
    for (int tick = 0; tick < 60; tick++) {
      partitions.tick();
      StringBuilder sides = new StringBuilder();
      for (int key = 0; key < 4; key++) {
        sides.append(partitions.isCut(0, key) ? 1 : 0);
      }
      seen.add(sides.toString());
    }
    assertThat(seen)
        .containsExactlyInAnyOrder("0001", "0010", "0011", "0100", "0101", "0110", "0111");
  }

  @Test
  void oneWayCutsLeaveTheOtherDirectionOpen() {
    Partitions partitions = new Partitions(Partitions.Kind.ONE_WAY, 7, 0, new SplittableRandom(2));
    int asymmetric = 0;
    for (int tick = 0; tick < 100; tick++) {
      partitions.tick();
      for (int from = 0; from < 7; from++) {
        for (int to = 0; to < 7; to++) {
          asymmetric += partitions.isCut(from, to) && !partitions.isCut(to, from) ? 1 : 0;
        }
      }
    }
    assertThat(asymmetric).isPositive();
  }

  /** One joins or leaves at every height, the first ones while the network falls apart. */
  @ParameterizedTest
  @EnumSource(Partitions.Kind.class)
  void theSetGrowsFromFourToSevenAndBack(Partitions.Kind kind) {
    for (Attack attack : Attack.values()) {
      Scenario scenario =
          Scenario.calm(47, attack)
              .withMembers(Membership.Change.GROWING, 4, 1)
              .with(new Weather(5, 5, 100, kind))
              .until(4_000);
      Report report = World.run(scenario, 7);
      assertThat(report.violation()).as("%s", scenario).isEmpty();
      assertThat(report.faults().epochs()).as("%s", scenario).isGreaterThanOrEqualTo(6);
      assertThat(report.faults().cut() > 0)
          .as("%s", scenario)
          .isEqualTo(kind != Partitions.Kind.NONE);
    }
  }

  @Test
  void fourSevenFourIsWhatGrowingMeans() {
    Membership membership = new Membership(Membership.Change.GROWING, 4, 1, 0, 0);
    assertThat(IntStream.rangeClosed(1, 7).map(height -> membership.at(height).size()))
        .containsExactly(4, 5, 6, 7, 6, 5, 4);
  }

  @ParameterizedTest
  @EnumSource(Partitions.Kind.class)
  void fourSevenAndTwentyOneValidatorsSurviveEachKind(Partitions.Kind kind) {
    for (Attack attack : Attack.values()) {
      for (int size : new int[] {4, 7, 21}) {
        Scenario scenario =
            Scenario.calm(size, attack)
                .withMembers(Membership.Change.FIXED, size, 1)
                .with(new Weather(5, 5, 100, kind));
        Report report = World.run(scenario);
        assertThat(report.violation()).as("%s", scenario).isEmpty();
        assertThat(report.heights()).as("%s", scenario).isGreaterThanOrEqualTo(3);
      }
    }
  }

  /**
   * One validator alone, sets that stand no fault, and the largest that a certificate is made for.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 10, 31, 100})
  void setsOfEverySizeDecide(int size) {
    Scenario scenario =
        Scenario.calm(51, Attack.NONE)
            .withMembers(Membership.Change.FIXED, size, 1)
            .with(new Weather(5, 5, 100, Partitions.Kind.NONE))
            .until(300);
    Report report = World.run(scenario);
    assertThat(report.violation()).as("%s", scenario).isEmpty();
    assertThat(report.heights()).as("%s", scenario).isGreaterThanOrEqualTo(3);
  }

  /** As many liars as a set of its size may have. */
  @Test
  void thirtyThreeLiarsOfAHundredStopNobody() {
    Scenario scenario =
        Scenario.calm(52, Attack.EQUIVOCATOR)
            .withMembers(Membership.Change.FIXED, 100, 1)
            .until(300);
    Report report = World.run(scenario);
    assertThat(report.violation()).as("%s", scenario).isEmpty();
    assertThat(report.heights()).as("%s", scenario).isGreaterThanOrEqualTo(3);
  }
}
