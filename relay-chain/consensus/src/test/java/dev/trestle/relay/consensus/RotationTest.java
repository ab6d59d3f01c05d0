package dev.trestle.relay.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.EvmAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RotationTest {
  private final TestKeys keys = new TestKeys(4);
  private final ValidatorSet set = keys.validators;

  private List<Integer> numbers(Rotation rotation) {
    return rotation.order().stream().map(each -> set.indexOf(each).getAsInt()).toList();
  }

  @Test
  void everybodyInTurnBeginningOneFurtherAtEachHeight() {
    Rotation one = Rotation.startingAt(1, set);
    assertThat(numbers(one)).containsExactly(1, 2, 3, 0);
    assertThat(numbers(one.next(0, set))).containsExactly(2, 3, 0, 1);
    assertThat(one.proposer(4)).isEqualTo(one.proposer(0));
    assertThat(one.proposer(ConsensusLimits.MAX_ROUND)).isIn(one.order());
  }

  @Test
  void whoMissedATurnComesLastForEightTurnsOfTheSet() {
    Rotation two = Rotation.startingAt(1, set).next(0, set);
    // block 2 shows that height 1 was decided in round 1: number 1 missed round 0
    Rotation three = two.next(1, set);
    assertThat(numbers(three)).containsExactly(3, 0, 2, 1);
    assertThat(three.leftOutUntil()).containsOnly(java.util.Map.entry(set.address(1), 33L));
    Rotation rotation = three;
    while (rotation.height() < 32) {
      rotation = rotation.next(0, set);
      assertThat(numbers(rotation)).endsWith(1);
    }
    assertThat(numbers(rotation.next(0, set))).containsExactly(1, 2, 3, 0);
  }

  @Test
  void aDeadProposerCostsARoundOnceInEightTurns() {
    EvmAddress dead = set.address(2);
    Rotation rotation = Rotation.startingAt(1, set);
    int lost = 0;
    int roundBefore = 0;
    for (int height = 1; height <= 512; height++) {
      int round = rotation.proposer(0).equals(dead) ? 1 : 0;
      lost += round;
      rotation = rotation.next(roundBefore, set);
      roundBefore = round;
    }
    assertThat(lost).isEqualTo(16); // instead of 128
  }

  @Test
  void everyoneProposesWithinNRoundsWhateverHappened() {
    SplittableRandom random = new SplittableRandom(7);
    Rotation rotation = Rotation.startingAt(1, set);
    for (int i = 0; i < 3_000; i++) {
      rotation = rotation.next(random.nextInt(9), set);
      assertThat(rotation.order())
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(0, 4).mapToObj(set::address).toList());
      assertThat(Rotation.decode(rotation.encode()).orThrow()).isEqualTo(rotation);
    }
  }

  /** A node that starts from a snapshot comes to the same from the blocks of one period. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void followsFromTheBlocksOfOnePeriod(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Integer> rounds = new ArrayList<>();
    List<Rotation> all = new ArrayList<>(List.of(Rotation.startingAt(1, set)));
    for (int height = 1; height < 2_500; height++) {
      rounds.add(random.nextInt(3));
      all.add(all.getLast().next(rounds.getLast(), set));
    }
    for (int height : new int[] {1_024, 1_025, 1_026, 1_400, 2_048, 2_049, 2_300}) {
      long start = Rotation.periodStart(height);
      Rotation replayed = Rotation.startingAt(start, set);
      while (replayed.height() < height) {
        replayed = replayed.next(rounds.get((int) replayed.height() - 1), set);
      }
      assertThat(replayed).isEqualTo(all.get(height - 1));
    }
  }

  @Test
  void membersThatJoinComeInTurnAndThoseThatLeftDoNot() {
    ValidatorSet larger = new TestKeys(6).validators;
    Rotation rotation = Rotation.startingAt(1, larger).next(0, larger).next(4, larger);
    assertThat(rotation.leftOutUntil()).hasSize(4);
    Rotation smaller = rotation.next(0, set);
    assertThat(smaller.order()).hasSize(4).allMatch(each -> set.indexOf(each).isPresent());
  }

  @Test
  void refusesWhatIsNotItsOwn() {
    assertThatThrownBy(() -> Rotation.startingAt(2, set))
        .isInstanceOf(IllegalArgumentException.class);
    Block first = keys.block(1, "a");
    Rotation two = Rotation.startingAt(1, set).next(first, set);
    assertThatThrownBy(() -> two.next(first, set)).isInstanceOf(IllegalArgumentException.class);
    byte[] bytes = two.encode().toArray();
    bytes[0] = 9;
    assertThat(Rotation.decode(Bytes.wrap(bytes)).isAccepted()).isFalse();
  }
}
