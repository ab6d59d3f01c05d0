package dev.trestle.adapter.ethereum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.Async;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.HeaderSource.HeaderEvent;
import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.proofs.evm.EvmHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Headers of a real node, its reorganisations included. */
class EvmHeadersIT {
  private Anvil anvil;
  private ChainAdapter adapter;

  @BeforeEach
  void start() throws Exception {
    anvil = Anvil.start();
    adapter = anvil.adapter(Map.of());
  }

  @AfterEach
  void stop() {
    adapter.close();
    anvil.close();
  }

  @Test
  void twentyHeadersHashToTheirIdsAndHangTogether() {
    anvil.mine(20);
    List<RawHeader> headers = Async.await(adapter.headers().range(0, 20));
    assertThat(headers).hasSize(21);
    for (int i = 0; i < headers.size(); i++) {
      RawHeader header = headers.get(i);
      EvmHeader decoded = EvmHeader.decode(header.raw());
      assertThat(header.ref().height()).isEqualTo(i);
      assertThat(Digests.keccak256(header.raw())).isEqualTo(header.ref().id());
      assertThat(decoded.hash()).isEqualTo(header.ref().id());
      assertThat(decoded.timestamp()).isEqualTo(header.ref().timestampSeconds());
      if (i > 0) {
        assertThat(header.parent()).isEqualTo(headers.get(i - 1).ref().id());
      }
    }
    assertThat(Async.await(adapter.headers().latest())).isEqualTo(headers.get(20));
    assertThat(Async.await(adapter.headers().finalized())).isEqualTo(headers.get(18));
    assertThat(Async.await(adapter.headers().at(7))).isEqualTo(headers.get(7));
    assertThatThrownBy(() -> Async.await(adapter.headers().at(21)))
        .hasMessageContaining("not-found");
  }

  @Test
  void aDepthMakesFinalWhereThereIsNoTag() {
    anvil.mine(20);
    ChainAdapter deep = anvil.adapter(Map.of("confirmations", "6"));
    assertThat(Async.await(deep.headers().finalized()).ref().height()).isEqualTo(15);
    deep.close();
  }

  @Test
  void tellsReorganisationsWithoutAGap() throws Exception {
    anvil.mine(5);
    HeaderRef start = Async.await(adapter.headers().at(2)).ref();
    BlockingQueue<HeaderEvent> events = new LinkedBlockingQueue<>();
    List<HeaderRef> told = new ArrayList<>(List.of(start));
    List<HeaderEvent.Finalized> finals = new ArrayList<>();
    List<HeaderEvent.Reorganized> reorganisations = new ArrayList<>();
    AutoCloseable following = adapter.headers().follow(start, events::add);

    playUntil(told, finals, reorganisations, events, Async.await(adapter.headers().latest()));
    assertThat(told).hasSize(4);
    assertThat(finals.getLast().header().height()).isEqualTo(3);

    anvil.mine(4);
    playUntil(told, finals, reorganisations, events, Async.await(adapter.headers().latest()));
    HeaderRef replaced = told.getLast();
    anvil.tell("anvil_reorg", 3, List.of());
    anvil.mine(1);
    RawHeader latest = Async.await(adapter.headers().latest());
    playUntil(told, finals, reorganisations, events, latest);
    assertThat(reorganisations).hasSize(1);
    assertThat(reorganisations.getFirst().depth()).isEqualTo(3);
    assertThat(reorganisations.getFirst().commonAncestor().height()).isEqualTo(6);
    assertThat(told).doesNotContain(replaced);
    following.close();
  }

  /** Applies events as a reader would, checking that each fits to the one before. */
  private static void playUntil(
      List<HeaderRef> told,
      List<HeaderEvent.Finalized> finals,
      List<HeaderEvent.Reorganized> reorganisations,
      BlockingQueue<HeaderEvent> events,
      RawHeader target)
      throws InterruptedException {
    boolean finalSeen = false;
    while (!told.getLast().equals(target.ref()) || !finalSeen) {
      HeaderEvent event = events.poll(20, TimeUnit.SECONDS);
      assertThat(event).as("waiting for %s after %s", target.ref(), told.getLast()).isNotNull();
      switch (event) {
        case HeaderEvent.Added(RawHeader header) -> {
          assertThat(header.parent()).isEqualTo(told.getLast().id());
          told.add(header.ref());
        }
        case HeaderEvent.Reorganized(HeaderRef ancestor, long depth) -> {
          assertThat(told).contains(ancestor);
          assertThat(told.size() - 1 - told.indexOf(ancestor)).isEqualTo((int) depth);
          told.subList(told.indexOf(ancestor) + 1, told.size()).clear();
          reorganisations.add(new HeaderEvent.Reorganized(ancestor, depth));
        }
        case HeaderEvent.Finalized(HeaderRef header) -> {
          assertThat(told).contains(header);
          finals.add(new HeaderEvent.Finalized(header));
          finalSeen = true;
        }
        case HeaderEvent.Gap(HeaderRef resumedAt) -> throw new AssertionError("a gap");
      }
    }
  }
}
