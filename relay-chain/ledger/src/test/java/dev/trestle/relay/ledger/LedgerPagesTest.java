package dev.trestle.relay.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.AssetId;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.state.Overlay;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LedgerPagesTest {
  /** Coins come in order of their ids: a ground id must not hide a coin from its sweep. */
  @Test
  void whatStandsBehindTheFirstPageIsReadToo() {
    int page = LedgerView.MAX_PAGE;
    for (int count : new int[] {0, 1, page - 1, page, page + 1, 3 * page}) {
      List<Integer> items = IntStream.range(0, count).boxed().toList();
      List<Integer> read =
          LedgerPages.<Integer>all(
              (after, limit) ->
                  items.stream()
                      .filter(item -> after.isEmpty() || item > after.get())
                      .limit(limit)
                      .toList());
      assertThat(read).isEqualTo(items);
    }
  }

  /** Every route counts where all are asked: for an attestor that is a member besides. */
  @Test
  void routesBehindTheFirstPageAreThere() {
    Hub hub = Hub.ready();
    RouteRecord known = hub.routeRecord();
    Overlay state = new Overlay(hub.view().state());
    for (int i = 0; i < LedgerView.MAX_PAGE; i++) {
      RouteRecord route =
          new RouteRecord(
              AssetId.nativeCoin(hub.home.id(), 1_000 + i),
              known.lane(),
              known.minTransfer(),
              known.maxTransfer(),
              known.feeRate(),
              known.confirmations(),
              known.custodyFee(),
              known.policy(),
              known.lifetime());
      state.put(StateKeys.route(route.id()), route.encode());
    }
    List<RouteRecord> routes = new LedgerView(state, hub.genesis, Families.load()).routes();
    assertThat(routes).hasSize(LedgerView.MAX_PAGE + 1).doesNotHaveDuplicates().contains(known);
  }
}
