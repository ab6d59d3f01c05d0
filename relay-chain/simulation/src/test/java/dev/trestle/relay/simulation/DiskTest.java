package dev.trestle.relay.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.relay.consensus.DurableRecord;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulated disk loses what it may lose and nothing else. */
class DiskTest {
  private final Deque<Optional<Disk.Failure>> power = new ArrayDeque<>();

  private Disk disk(long seed) {
    return new Disk(
        () -> power.isEmpty() ? Optional.empty() : power.poll(), new SplittableRandom(seed));
  }

  private static DurableRecord record(long height) {
    return new DurableRecord.EndHeight(height);
  }

  @ParameterizedTest
  @EnumSource(Disk.Failure.class)
  void syncedRecordsSurviveAndTheRestIsAPrefix(Disk.Failure failure) {
    int torn = 0;
    for (long seed = 0; seed < 200; seed++) {
      Disk disk = disk(seed);
      disk.append(record(1));
      disk.append(record(2));
      disk.sync();
      disk.append(record(3));
      disk.append(record(4));
      disk.fail(failure);
      List<DurableRecord> found = disk.recover().records();
      List<DurableRecord> all = List.of(record(1), record(2), record(3), record(4));
      assertThat(found).isEqualTo(all.subList(0, found.size())).hasSizeGreaterThanOrEqualTo(2);
      if (failure == Disk.Failure.KILLED) {
        assertThat(found).hasSize(4);
      }
      if (failure == Disk.Failure.POWER_LOST) {
        assertThat(found).hasSize(2);
      }
      torn += disk.tornTails();
      // what was cut off is gone for good
      disk.append(record(5));
      disk.sync();
      assertThat(disk.recover().records()).endsWith(record(5)).hasSize(found.size() + 1);
    }
    boolean tears = failure == Disk.Failure.TORN || failure == Disk.Failure.SCRAMBLED;
    assertThat(torn > 0).isEqualTo(tears);
  }

  @Test
  void aTornGuardSlotLeavesTheOther() {
    Disk disk = disk(1);
    disk.storeGuard(3, Optional.empty());
    for (Disk.Failure failure : Disk.Failure.values()) {
      Disk.Guard before = disk.guard();
      power.add(Optional.of(failure));
      assertThatThrownBy(() -> disk.storeGuard(9, Optional.empty()))
          .isInstanceOf(Disk.PowerCut.class);
      assertThat(disk.guard().abstainThrough())
          .isEqualTo(failure == Disk.Failure.KILLED ? 9 : before.abstainThrough());
    }
  }

  @Test
  void aLogThatIsShorterThanTheGuardKnowsIsLost() {
    Disk disk = disk(1);
    disk.append(record(1));
    disk.sync();
    disk.storeGuard(0, Optional.empty());
    assertThat(disk.recover().logLost()).isFalse();
    disk.loseLog();
    assertThat(disk.recover().logLost()).isTrue();
    assertThat(disk.recover().logLost()).isFalse();
  }
}
