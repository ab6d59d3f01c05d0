package dev.trestle.relay.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.packet.Lane;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.relay.ledger.record.PacketRecord;
import dev.trestle.relay.ledger.record.SupplyRecord;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Seeded orders of sending, delivery, time, receipts and timeouts, honest and not: every packet has
 * exactly one outcome, and what timed out has had no effect and never will.
 */
class ExpiryPropertyTest {
  private static final int SEEDS = 4;
  private static final int STEPS = 90;

  private static final class History {
    final Random random;
    final Expiry expiry;
    final List<Hash32> packets = new ArrayList<>();
    final Map<Hash32, Bytes> receipts = new HashMap<>();
    final Map<Hash32, PacketRecord.State> ends = new HashMap<>();
    final Map<String, Integer> outcomes = new TreeMap<>();
    int credits;

    History(long seed, Lane.Ordering ordering) {
      random = new Random(seed);
      Packet.Timeout.Clock clock =
          seed % 2 == 0
              ? Packet.Timeout.Clock.DESTINATION_TIME
              : Packet.Timeout.Clock.DESTINATION_HEIGHT;
      expiry = new Expiry(ordering, clock);
    }

    Hash32 any() {
      return packets.get(random.nextInt(packets.size()));
    }

    void step() {
      int move = packets.isEmpty() ? 0 : random.nextInt(10);
      switch (move) {
        case 0 -> send();
        case 1, 2, 3 -> deliver();
        case 4 -> expiry.hub.follow(expiry.hub.far, 1 + random.nextInt(4));
        case 5 -> pause(random.nextInt(4_000));
        case 6, 7 -> report();
        default -> timeOut();
      }
      check();
    }

    /** Credits a deposit, or sweeps one that is credited, also once the lane is closed. */
    void send() {
      Hub hub = expiry.hub;
      boolean closed = hub.view().lane(hub.routeRecord().lane().hash()).closed().isPresent();
      if (credits < 8 && !closed) {
        hub.credit(++credits, 100_000);
      }
      if (packets.isEmpty() || closed || random.nextBoolean()) {
        sweep(closed);
      }
    }

    void sweep(boolean closed) {
      if (packets.size() < credits) {
        int number = packets.size() + 1;
        expiry.hub.settle(expiry.hub.planSweep(number));
        packets.add(expiry.hub.packetId(number));
        outcomes.merge(closed ? "sent after closing" : "sent", 1, Integer::sum);
      }
    }

    void pause(long seconds) {
      expiry.hub.far.pass(seconds);
      expiry.hub.follow(expiry.hub.far, 1);
    }

    void deliver() {
      Hash32 packet = any();
      expiry
          .bridge
          .receive(expiry.packet(packet), random.nextInt(4) != 0)
          .ifPresent(fact -> receipts.put(packet, fact));
      expiry.hub.update(expiry.hub.far);
    }

    void report() {
      Hash32 packet = any();
      Bytes fact = receipts.get(packet);
      if (fact != null) {
        run(
            "receipt",
            new TransactionBody.SubmitMessage(expiry.hub.far.id(), expiry.hub.far.claim(fact)));
      }
    }

    void timeOut() {
      int back = 1 + random.nextInt(6);
      run("timeout", expiry.timeout(any(), Math.max(101, expiry.hub.far.height() - back)));
    }

    void run(String what, TransactionBody body) {
      outcomes.merge(what + " " + expiry.hub.send(body).code(), 1, Integer::sum);
    }

    void check() {
      for (Hash32 packet : packets) {
        PacketRecord.State state = expiry.state(packet);
        PacketRecord.State before = ends.getOrDefault(packet, PacketRecord.State.SENT);
        assertThat(before == PacketRecord.State.SENT || before == state)
            .as("one outcome: %s then %s", before, state)
            .isTrue();
        ends.put(packet, state);
        if (state == PacketRecord.State.TIMED_OUT) {
          assertThat(expiry.bridge.executed(expiry.packet(packet))).as("no effect").isFalse();
        }
      }
    }

    /** Everybody does what is to do: each packet is brought, reported or timed out. */
    void heal() {
      while (packets.size() < credits) {
        sweep(false);
      }
      packets.forEach(expiry::expire);
      for (Hash32 packet : packets) {
        if (expiry.state(packet) == PacketRecord.State.SENT) {
          Bytes fact = receipts.get(packet);
          if (fact == null) {
            run("timeout", expiry.timeout(packet));
          } else {
            run(
                "receipt",
                new TransactionBody.SubmitMessage(expiry.hub.far.id(), expiry.hub.far.claim(fact)));
          }
        }
        expiry.bridge.receive(expiry.packet(packet), true);
        expiry.hub.update(expiry.hub.far);
        check();
      }
      packets.forEach(packet -> run("timeout", expiry.timeout(packet)));
      check();
    }
  }

  @ParameterizedTest
  @EnumSource(Lane.Ordering.class)
  void exactlyOneOfReceivedAndTimedOut(Lane.Ordering ordering) {
    Map<String, Integer> outcomes = new TreeMap<>();
    for (long seed = 1; seed <= SEEDS; seed++) {
      History history = new History(seed, ordering);
      try {
        for (int step = 0; step < STEPS; step++) {
          history.step();
        }
        history.heal();
        assertThat(history.ends.values()).doesNotContain(PacketRecord.State.SENT);
      } catch (AssertionError failed) {
        throw new AssertionError(ordering + ", seed " + seed + ": " + failed.getMessage(), failed);
      }
      SupplyRecord supply = history.expiry.hub.view().supply(history.expiry.hub.asset);
      assertThat(supply.inFlight()).isEqualTo(Amount.ZERO);
      history.outcomes.forEach((what, count) -> outcomes.merge(what, count, Integer::sum));
    }
    assertThat(outcomes)
        .as("the histories reach what matters")
        .containsKeys(
            "receipt ok",
            "receipt already-acknowledged",
            "timeout ok",
            "timeout timeout-not-reached",
            "timeout packet-received",
            "timeout already-timed-out");
    if (ordering == Lane.Ordering.ORDERED) {
      assertThat(outcomes).containsKey("sent after closing");
    }
  }
}
