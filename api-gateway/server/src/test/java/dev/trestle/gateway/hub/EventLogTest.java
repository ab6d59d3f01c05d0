package dev.trestle.gateway.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.ChainId;
import dev.trestle.relay.ledger.LedgerEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EventLogTest {
  private static final LedgerEvent EVENT =
      new LedgerEvent.ChainActive(ChainId.parse("bip122:fake"), 7);

  private final EventLog log = new EventLog();

  private static HubNode.BlockEvents block(long height, int events) {
    return new HubNode.BlockEvents(height, 1, Collections.nCopies(events, EVENT));
  }

  private static List<String> ids(EventLog.Replay replay) {
    return replay.entries().stream().map(EventLog.Entry::id).toList();
  }

  @Test
  void replaysWhatCameAfterAnId() {
    log.add(block(5, 2));
    log.add(block(6, 1));
    assertThat(ids(log.after(""))).containsExactly("5-0", "5-1", "6-0");
    assertThat(ids(log.after("5-0"))).containsExactly("5-1", "6-0");
    assertThat(log.after("5-0").complete()).isTrue();
    assertThat(log.after("6-0").complete()).isTrue();
    assertThat(log.after("3-0").complete()).as("blocks before ours").isFalse();
    assertThat(ids(log.after("nonsense"))).hasSize(3);
  }

  @Test
  void beforeTheFirstBlockNothingIsKnownToBeComplete() {
    assertThat(log.after("5-0").complete()).isFalse();
    assertThat(log.after("").complete()).isTrue();
  }

  @Test
  void droppedEventsAreAGap() {
    for (int height = 1; height <= EventLog.CAPACITY + 1; height++) {
      log.add(block(height, 1));
    }
    assertThat(log.after("1-0").complete()).isTrue();
    log.add(block(EventLog.CAPACITY + 2, 1));
    assertThat(log.after("1-0").complete()).isFalse();
    assertThat(log.after("").entries()).hasSize(EventLog.CAPACITY);
  }

  @Test
  void aSubscriberMissesAndRepeatsNothing() {
    log.add(block(1, 1));
    List<String> seen = new ArrayList<>();
    Runnable leave =
        log.subscribe("", replay -> seen.addAll(ids(replay)), entry -> seen.add(entry.id()));
    log.add(block(2, 1));
    leave.run();
    log.add(block(3, 1));
    assertThat(seen).containsExactly("1-0", "2-0");
  }
}
