package dev.trestle.relay.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.relay.ledger.record.ChainLimits;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FlowsTest {
  private static final long WINDOW = 1_000_000;

  private final Hub hub = new Hub();

  FlowsTest() {
    hub.home.mine();
    hub.far.mine();
    TransactionBody.RegisterChain b = hub.registerChain(hub.home, Optional.empty());
    hub.ok(
        hub.approved(
            new TransactionBody.RegisterChain(
                b.chain(),
                b.name(),
                b.adapterId(),
                b.clientType(),
                b.anchor(),
                b.confirmations(),
                b.bridgeContract(),
                b.sample(),
                new ChainLimits(Amount.of(300_000), Amount.of(60_000), WINDOW),
                List.of()),
            3));
    hub.ok(hub.registerChain(hub.far, Optional.of(Hub.CONTRACT)));
    hub.follow(hub.home, 3);
    hub.follow(hub.far, 3);
    hub.ok(hub.registerRoute(hub.route()));
  }

  private int queued() {
    return hub.view().releases(ReleaseRecord.State.QUEUED, Optional.empty(), 10).size();
  }

  @Test
  void inflowOverTheLimitWaitsForTheNextWindow() {
    hub.deposit(1, 200_000);
    hub.ok(hub.openTransfer(2, 200_000));
    Bytes tx = hub.pay(hub.transferId(2), 200_000);
    hub.follow(hub.home, 3);
    var submit = new TransactionBody.SubmitDeposit(hub.transferId(2), hub.home.claim(tx));
    assertThat(hub.send(submit).code()).isEqualTo("limit-exceeded");
    hub.pass(WINDOW);
    hub.ok(submit);
  }

  @Test
  void velocityLimitDelaysLargeExit() {
    Hash32 packet = hub.deposit(1, 280_000);
    hub.acknowledge(packet, true);
    hub.submit(hub.say(hub.burned(1, 150_000, Hub.hash("a").bytes())));
    assertThat(queued()).as("2.5 limits wait two windows").isEqualTo(1);
    hub.pass(WINDOW);
    hub.block();
    assertThat(queued()).isEqualTo(1);
    hub.pass(WINDOW);
    BlockResult block = hub.block();
    assertThat(queued()).isZero();
    assertThat(block.events()).anyMatch(event -> event.name().equals("ReleasePlanned"));
    hub.settle(hub.onlyRelease(ReleaseRecord.State.PLANNED));
    // the next one waits until the large one is worked off
    hub.submit(hub.say(hub.burned(2, 30_000, Hub.hash("b").bytes())));
    assertThat(queued()).isEqualTo(1);
    hub.pass(2 * WINDOW);
    hub.block();
    assertThat(queued()).isZero();
  }
}
